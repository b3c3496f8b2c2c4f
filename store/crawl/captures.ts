import pLimit from "p-limit";
import { HOUR_MS } from "../../lib/time.ts";
import type { Body, Capture } from "../../model/crawl/capture.ts";
import {
  findAll,
  findById,
  findDuplicates,
  findIn,
  furtherBack,
  ignoreDuplicates,
  writeEach,
} from "../queries.ts";
import { dueBy, EPOCH, FAR_FUTURE, type Store } from "../store.ts";

const BODY_RENEWAL_AGE_MS = 86_400_000;

/**
 * Stores captures and bodies. A stored body whose date is more than a day old gets the new date.
 */
export async function addCaptures(store: Store, captures: Capture[], bodies: Body[]) {
  const { captures: log, bodies: shelf } = store.collections;
  const different = [...new Map(bodies.map((body) => [body._id, body])).values()];
  const there = new Set<string>();
  // Bodies first: a capture never names a body that isn't there.
  if (different.length > 0) {
    const taken = await findDuplicates(shelf.insertMany(different, { ordered: false }));
    for (const index of taken) there.add(different[index]?._id ?? "");
    await renewBodies(
      store,
      different.filter((_, index) => taken.has(index)),
    );
  }
  const sizes = new Map(different.map(({ _id, bytes }) => [_id, bytes.length]));
  const records = captures.map((capture) => ({
    ...capture,
    ...storedSizeOf(capture, sizes, there),
  }));
  if (records.length > 0) await ignoreDuplicates(log.insertMany(records, { ordered: false }));
}

function storedSizeOf(
  { bodyId }: Capture,
  sizes: ReadonlyMap<string, number>,
  there: Set<string>,
): Pick<Capture, "storedBytes" | "shared"> {
  const storedBytes = bodyId === null ? 0 : sizes.get(bodyId);
  if (bodyId === null || storedBytes === undefined)
    return { ...(storedBytes === 0 && { storedBytes }) };
  const shared = there.has(bodyId);
  there.add(bodyId);
  return { storedBytes, ...(shared && { shared }) };
}

async function renewBodies({ collections }: Store, bodies: Body[]): Promise<void> {
  const ids = bodies.map(({ _id }) => _id);
  const projection = { storedAt: 1, tier: 1 };
  const there = await findById(collections.bodies, ids, { projection });
  const old = bodies.filter(({ _id, storedAt }) => {
    const before = there.get(_id)?.storedAt ?? EPOCH;
    return before.getTime() < storedAt.getTime() - BODY_RENEWAL_AGE_MS;
  });
  // Writes whole bodies, because retention might remove them at the same time.
  await writeEach(collections.bodies, old, (body) => {
    // A moved body is stored in the database again; upkeep removes the copy in its tier
    // (store/archive/body-moves.ts).
    const was = there.get(body._id)?.tier;
    const replacement = { ...body, ...(was && { was }) };
    return { replaceOne: { filter: { _id: body._id }, replacement, upsert: true } };
  });
}

export async function knownCaptures(store: Store, ids: string[]): Promise<Set<string>> {
  const projection = { _id: 1 };
  const found = await findIn(store.collections.captures, "_id", ids, { projection });
  return new Set(found.map(({ _id }) => _id));
}

export function captureAt(store: Store, linkId: string, at: Date): Promise<Capture | null> {
  const fetchedAt = { $gte: at, $lt: new Date(at.getTime() + 1000) };
  return store.collections.captures.findOne({ linkId, fetchedAt });
}

export function getCapture(store: Store, id: string): Promise<Capture | null> {
  return store.collections.captures.findOne({ _id: id });
}

export function getCaptures(store: Store, ids: string[]): Promise<Map<string, Capture>> {
  return findById(store.collections.captures, ids);
}

const MAX_SEARCHED_CAPTURES = 10;

export async function lastPage(
  { collections: { captures } }: Store,
  linkId: string,
): Promise<Capture | null> {
  const recent = await captures
    .find({ linkId, fetchedAt: { $gt: EPOCH, $lt: FAR_FUTURE } })
    .sort({ fetchedAt: -1 })
    .limit(MAX_SEARCHED_CAPTURES)
    .toArray();
  return recent.find(({ status, bodyId, reason }) => status === 200 && bodyId && !reason) ?? null;
}

/** Returns the time of a source's latest request that got a response; null if there is none. */
export async function lastFetchedAt(
  { collections: { captures } }: Store,
  sourceId: string,
  now: Date,
): Promise<Date | null> {
  const options = { sort: { fetchedAt: -1 }, projection: { fetchedAt: 1 } } as const;
  const latest = await captures.findOne({ sourceId, fetchedAt: dueBy(now) }, options);
  return latest?.fetchedAt ?? null;
}

/** Selects the captures of links or of a source, from `since` (included) to `until` (excluded). */
export interface CaptureQuery {
  of: { linkIds: readonly string[] } | { sourceId: string };
  since?: Date;
  until: Date;
}

/** A position in a list of captures, which is sorted by time, newest first, and then by id. */
export interface CapturePosition {
  fetchedAt: Date;
  id: string;
}

export type ListedCapture = Omit<Capture, "headers" | "requestHeaders">;

interface CapturePage {
  captures: ListedCapture[];
  next: CapturePosition | null;
}

/** Most pages have few captures, so the spans are longer than those of other lists. */
const SPANS = { firstSpan: 6 * HOUR_MS, emptySpanGrowth: 6 };
const QUERY_CONCURRENCY = 8;
const MAX_CAPTURES_PER_MILLISECOND = 1000;
const MAX_ALIASES = 200;

type Of = Pick<Capture, "linkId"> | Pick<Capture, "sourceId">;

/** Returns up to `limit` captures, newest first. If `before` is set, begins after that position. */
export async function readCaptures(
  store: Store,
  { of, since = EPOCH, until }: CaptureQuery,
  { limit, before }: { limit: number; before?: CapturePosition },
): Promise<CapturePage> {
  const lists: Of[] =
    "sourceId" in of ? [of] : [...new Set(of.linkIds)].map((linkId) => ({ linkId }));
  // One extra row shows whether the list goes on.
  const range = { since, until, want: limit + 1 };
  const pages = await pLimit(QUERY_CONCURRENCY).map(lists, (list) =>
    readOne(store, list, range, before),
  );
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
  const range = { before: end, limit: want, most: end.getTime() - since.getTime(), ...SPANS };
  const rows = await furtherBack(range, (within, left) => readWithin(store, of, within, left));
  const [last, one] = [rows.at(-1)?.fetchedAt, rows.at(-2)?.fetchedAt];
  if (rows.length < want || !last || last.getTime() !== one?.getTime()) return [...rest, ...rows];
  // The index orders by time alone. If the page ends within one instant, sorting by id needs all
  // captures of that instant.
  const moment = await readMoment(store, of, last);
  return [...rest, ...rows.filter(({ fetchedAt }) => fetchedAt > last), ...moment];
}

function readMoment(store: Store, of: Of, at: Date): Promise<ListedCapture[]> {
  const moment = { $gte: at, $lt: new Date(at.getTime() + 1) };
  return readWithin(store, of, moment, MAX_CAPTURES_PER_MILLISECOND);
}

function readWithin(
  { collections }: Store,
  of: Of,
  fetchedAt: { $gte: Date; $lt: Date },
  limit: number,
): Promise<ListedCapture[]> {
  return findAll(
    collections.captures,
    { ...of, fetchedAt },
    { projection: { headers: 0, requestHeaders: 0 }, sort: { fetchedAt: -1 }, limit },
  );
}

function newestFirst(a: ListedCapture, b: ListedCapture): number {
  return b.fetchedAt.getTime() - a.fetchedAt.getTime() || (a._id < b._id ? 1 : -1);
}

/** Returns the link ids of an article's URLs: the article's own id and up to 200 aliases. */
export async function linkIdsOfArticle(
  { collections }: Store,
  articleId: string,
): Promise<string[]> {
  const found = await collections.aliases
    .find({ articleId }, { projection: { _id: 1 } })
    .limit(MAX_ALIASES)
    .toArray();
  return [...new Set([articleId, ...found.map(({ _id }) => _id)])];
}
