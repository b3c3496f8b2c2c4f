import pLimit from "p-limit";
import { HOUR_MS } from "../lib/time.ts";
import type { Capture } from "../model/capture.ts";
import { EPOCH, type Store } from "./store.ts";

/** Whose captures: of links, by their keys, or of a source; `since` is included, `until` is not. */
export interface CaptureQuery {
  of: { linkIds: readonly string[] } | { sourceId: string };
  since?: Date;
  until: Date;
}

/** A place in such a list: newest first, ties by id. */
export interface CapturePosition {
  fetchedAt: Date;
  id: string;
}

/** A capture as lists show it. */
export type ListedCapture = Omit<Capture, "headers" | "requestHeaders">;

/** One page, newest first; `next` is where to go on, null at the end. */
export interface CapturePage {
  captures: ListedCapture[];
  next: CapturePosition | null;
}

const FIRST_WINDOW = 6 * HOUR_MS;
const GROWTH = 6;
/** Addresses that are asked at once. */
const AT_ONCE = 8;
/** Responses to one link, or of one source, that may have begun within the same millisecond. */
const TIES = 1000;
/** Addresses of one article that are looked at. */
const ADDRESSES = 200;

type Of = Pick<Capture, "linkId"> | Pick<Capture, "sourceId">;

/** Captures behind `before`, at most `limit`. */
export async function readCaptures(
  store: Store,
  { of, since = EPOCH, until }: CaptureQuery,
  { limit, before }: { limit: number; before?: CapturePosition },
): Promise<CapturePage> {
  const lists: Of[] =
    "sourceId" in of ? [of] : [...new Set(of.linkIds)].map((linkId) => ({ linkId }));
  // One more than asked for tells whether the list goes on.
  const range = { since, until, want: limit + 1 };
  const pages = await pLimit(AT_ONCE).map(lists, (list) => readOne(store, list, range, before));
  const found = pages.flat().toSorted(newestFirst);
  const captures = found.slice(0, limit);
  const last = captures.at(-1);
  const next = found.length > limit && last ? { fetchedAt: last.fetchedAt, id: last._id } : null;
  return { captures, next };
}

async function readOne(
  store: Store,
  of: Of,
  { since, until, want }: { since: Date; until: Date; want: number },
  before: CapturePosition | undefined,
): Promise<ListedCapture[]> {
  const from = before?.fetchedAt;
  const seen = from && from >= since && from < until ? await readMoment(store, of, from) : [];
  const rest = seen.filter(({ _id }) => before !== undefined && _id < before.id);
  const end = from && from < until ? from : until;
  const rows = await walkBack(store, of, { since, until: end, want });
  const [last, one] = [rows.at(-1)?.fetchedAt, rows.at(-2)?.fetchedAt];
  if (rows.length < want || !last || last.getTime() !== one?.getTime()) return [...rest, ...rows];
  // The index orders by time alone: where a moment is cut, all of it is needed for the order by id.
  const moment = await readMoment(store, of, last);
  return [...rest, ...rows.filter(({ fetchedAt }) => fetchedAt > last), ...moment];
}

/** The newest ones, by windows that grow: the embedded database reads all of a range to sort it. */
async function walkBack(
  store: Store,
  of: Of,
  { since, until, want }: { since: Date; until: Date; want: number },
): Promise<ListedCapture[]> {
  const rows: ListedCapture[] = [];
  let end = until.getTime();
  for (let size = FIRST_WINDOW; end > since.getTime() && rows.length < want; size *= GROWTH) {
    const start = Math.max(end - size, since.getTime());
    const window = { start: new Date(start), end: new Date(end) };
    rows.push(...(await readWindow(store, of, window, want - rows.length)));
    end = start;
  }
  return rows;
}

function readMoment(store: Store, of: Of, at: Date): Promise<ListedCapture[]> {
  return readWindow(store, of, { start: at, end: new Date(at.getTime() + 1) }, TIES);
}

function readWindow(
  { collections }: Store,
  of: Of,
  { start, end }: { start: Date; end: Date },
  limit: number,
): Promise<ListedCapture[]> {
  return collections.captures
    .find<ListedCapture>(
      { ...of, fetchedAt: { $gte: start, $lt: end } },
      { projection: { headers: 0, requestHeaders: 0 } },
    )
    .sort({ fetchedAt: -1 })
    .limit(limit)
    .toArray();
}

function newestFirst(a: ListedCapture, b: ListedCapture): number {
  return b.fetchedAt.getTime() - a.fetchedAt.getTime() || (a._id < b._id ? 1 : -1);
}

/** The keys of an article's addresses (at most 200), each of which may have captures. */
export async function addressesOf({ collections }: Store, articleId: string): Promise<string[]> {
  const found = await collections.aliases
    .find({ articleId }, { projection: { _id: 1 } })
    .limit(ADDRESSES)
    .toArray();
  return [...new Set([articleId, ...found.map(({ _id }) => _id)])];
}
