import type { Filter as Document } from "mongodb";
import { HOUR_MS } from "../../lib/time.ts";
import { type Article, asEdited, isListed, toVisible } from "../../model/articles/article.ts";
import { isForReaders, matchesFilter, type Query } from "../../model/publish/filter.ts";
import { furtherBack, readLatest, soon } from "../queries.ts";
import { EPOCH, FAR_FUTURE, type Store } from "../store.ts";

/** Selects the articles of a list: every field that is set must match. */
export interface ListingFilter {
  sourceId?: string;
  topic?: string;
  country?: string;
  /** ISO 3166-2 code. */
  region?: string;
  language?: string;
  day?: string;
  /** Whether to include copies. By default, a list shows only the article that represents them. */
  copies?: true;
  /** A further condition, such as the query of a view. */
  where?: Query;
  /** Earliest `sortAt`. */
  since?: Date;
  /** Latest `sortAt` to include. */
  until?: Date;
}

/** A position in a list, which is sorted by time, newest first, and then by id. */
export interface Position {
  sortAt: Date;
  id: string;
}

export type ListedArticle = Omit<Article, "html" | "evidence" | "pending" | "pendingAt">;

/** A page of articles, newest first. The next page follows the position `next`; null at the end. */
export interface ListingPage {
  articles: ListedArticle[];
  next: Position | null;
}

export interface ListingRequest {
  limit: number;
  now: Date;
  before?: Position;
  after?: Position;
}

const FIRST_WINDOW_MS = 6 * HOUR_MS;
const WINDOW_GROWTH_FACTOR = 6;
const SPARE_ROWS = 8;
const MAX_ROWS = 500;
const MAX_SCANNED_DOCUMENTS = 4000;

/** Returns one page of published articles, newest first. */
export async function readListing(
  store: Store,
  filter: ListingFilter,
  request: ListingRequest,
): Promise<ListingPage> {
  const filters = indexableFilters(filter);
  const maxRows = Math.ceil(MAX_ROWS / filters.length);
  const pages = filters.map((list) => readOne(store, list, request, maxRows));
  return mergePages(await Promise.all(pages), request);
}

async function readOne(
  store: Store,
  filter: ListingFilter,
  request: ListingRequest,
  maxRows: number,
): Promise<ListingPage> {
  const back = !request.after;
  const ends = bounds(filter, request.now);
  const goal = back ? ends.since : ends.until;
  const articles: ListedArticle[] = [];
  let at = request.after ?? request.before ?? null;
  let edge = clamp(at?.sortAt.getTime() ?? (back ? ends.until : ends.since), ends);
  let size = FIRST_WINDOW_MS;
  let scanned = 0;
  let want = request.limit + SPARE_ROWS;
  for (;;) {
    const far = back ? Math.max(edge - size, goal) : Math.min(edge + size, goal);
    const rows = await readWindow(store, filter, { edge, far, back, want });
    const from = at;
    const fresh = from ? rows.filter((row) => isPast(row, from, back)) : rows;
    for (const row of fresh) {
      if (!matches(row, filter)) continue;
      if (articles.length === request.limit) return page(articles, back, true);
      articles.push(row);
    }
    const last = fresh.at(-1);
    if (last) at = placeOf(last);
    scanned += rows.length;
    if (scanned > MAX_SCANNED_DOCUMENTS && at) return { ...page(articles, back, false), next: at };
    if (rows.length < want) {
      if (far === goal) return page(articles, back, false);
      edge = far;
      size *= WINDOW_GROWTH_FACTOR;
    } else if (last) {
      edge = last.sortAt.getTime();
      // Few articles match the filter: read more at once.
      want = Math.max(want, Math.min(want * 2, maxRows));
    } else {
      // All rows have the same time and were read before: read more of them at once.
      want *= 4;
    }
  }
}

function page(articles: ListedArticle[], back: boolean, more: boolean): ListingPage {
  const last = articles.at(-1);
  const next = more && last ? placeOf(last) : null;
  return { articles: back ? articles : articles.toReversed(), next };
}

function bounds(filter: ListingFilter, now: Date): { since: number; until: number } {
  const day = filter.day ? Date.parse(`${filter.day}T00:00:00Z`) : null;
  return {
    since: Math.max(
      day === null ? EPOCH.getTime() : day - 24 * HOUR_MS,
      filter.since?.getTime() ?? 0,
    ),
    until: Math.min(
      day === null ? now.getTime() + HOUR_MS : day + 48 * HOUR_MS,
      filter.until?.getTime() ?? Infinity,
    ),
  };
}

function clamp(time: number, { since, until }: { since: number; until: number }): number {
  return Math.max(Math.min(time, until), since);
}

function isPast(row: ListedArticle, at: Position, back: boolean): boolean {
  const order = row.sortAt.getTime() - at.sortAt.getTime() || (row._id < at.id ? -1 : 1);
  return row._id !== at.id && (back ? order < 0 : order > 0);
}

function readWindow(
  store: Store,
  filter: ListingFilter,
  { edge, far, back, want }: { edge: number; far: number; back: boolean; want: number },
): Promise<ListedArticle[]> {
  const direction = back ? -1 : 1;
  return store.collections.articles
    .find<ListedArticle>(windowQuery(filter, Math.min(edge, far), Math.max(edge, far)), {
      projection: LISTED,
    })
    .sort({ sortAt: direction, _id: direction })
    .limit(want)
    .map((article) => asEdited(article))
    .toArray();
}

/** Returns the query for a window of `sortAt` (ms, both ends included). */
export function windowQuery(filter: ListingFilter, from: number, to: number): Document<Article> {
  // Not `$lte`: the embedded database then misses equal keys in an index that continues with `_id`.
  return { ...indexedCondition(filter), sortAt: { $gte: new Date(from), $lt: new Date(to + 1) } };
}

/** The fields of a filter that an index serves; those with the fewest articles per value first. */
const INDEXED_FIELDS = [
  { key: "sourceId", stored: "sourceId", where: "source" },
  { key: "day", stored: "day", where: null },
  { key: "region", stored: "regionCode", where: "region" },
  { key: "topic", stored: "topics", where: "topic" },
  { key: "country", stored: "country", where: "country" },
  { key: "language", stored: "language", where: "language" },
] as const;

function indexedCondition(filter: ListingFilter): Document<Article> {
  // At most one equality, so that an index can serve the query. Further conditions would make the
  // embedded database read everything.
  const driver = INDEXED_FIELDS.find(({ key }) => filter[key]);
  return driver ? { [driver.stored]: filter[driver.key] } : {};
}

/** Whether an article satisfies the filter, except for `since` and `until`. */
export function matches(article: ListedArticle, filter: ListingFilter): boolean {
  const { copies, where } = filter;
  const hasField = ({ key, stored }: (typeof INDEXED_FIELDS)[number]) => {
    const wanted = filter[key];
    if (!wanted) return true;
    const value = article[stored];
    return Array.isArray(value) ? value.includes(wanted) : value === wanted;
  };
  return (
    (copies ? article.status === "published" : isListed(article)) &&
    INDEXED_FIELDS.every(hasField) &&
    (!where || matchesFilter(where, toVisible(article)))
  );
}

function indexableFilters(filter: ListingFilter): ListingFilter[] {
  const { where } = filter;
  if (where && !isForReaders(where)) return [];
  if (!where || Object.keys(indexedCondition(filter)).length > 0) return [filter];
  const [driver] = INDEXED_FIELDS.flatMap(({ key, where: field }) => {
    const values = field && where[field];
    return values ? [{ key, values: [...new Set(values)] }] : [];
  }).toSorted((a, b) => a.values.length - b.values.length);
  if (!driver) return [filter];
  return driver.values.map((value) => ({ ...filter, [driver.key]: value }));
}

function mergePages(
  pages: readonly ListingPage[],
  { limit, after }: Pick<ListingRequest, "limit" | "after">,
): ListingPage {
  const way = after ? 1 : -1;
  const inOrder = (a: Position, b: Position) => way * comparePlaces(a, b);
  const ends = pages.flatMap(({ next }) => next ?? []).toSorted(inOrder);
  // A list can have more articles past the position where its page ends.
  const [horizon = null] = ends;
  const all = new Map(pages.flatMap(({ articles }) => articles.map((one) => [one._id, one])));
  const sorted = [...all.values()].toSorted((a, b) => inOrder(placeOf(a), placeOf(b)));
  const known = horizon ? sorted.filter((one) => inOrder(placeOf(one), horizon) <= 0) : sorted;
  const articles = known.slice(0, limit);
  const last = articles.at(-1);
  const cut = known.length > limit && last ? placeOf(last) : null;
  return { articles: after ? articles.toReversed() : articles, next: cut ?? horizon };
}

export function placeOf({ sortAt, _id: id }: ListedArticle): Position {
  return { sortAt, id };
}

function comparePlaces(a: Position, b: Position): number {
  return a.sortAt.getTime() - b.sortAt.getTime() || (a.id < b.id ? -1 : Number(a.id > b.id));
}

const LISTED = { html: 0, evidence: 0, pending: 0, pendingAt: 0 };

/** Articles per batch. Small batches save memory when `isWanted` rejects most articles. */
const SMALL_BATCH_SIZE = 100;

const INBOX_TIMES = { waiting: "editorial.waitsSince", withdrawn: "retraction.at" } as const;

export type InboxArticle = Omit<ListedArticle, "text">;

export const MAX_INBOX_ARTICLES = 5000;

/**
 * Returns articles that wait for an editor, or retracted articles (`withdrawn`), latest first.
 * Checks only the latest 5,000 with `isWanted`.
 */
export function readInbox(
  { collections: { articles } }: Store,
  what: keyof typeof INBOX_TIMES,
  {
    now,
    limit,
    isWanted = () => true,
  }: { now: Date; limit: number; isWanted?: (article: InboxArticle) => boolean },
): Promise<InboxArticle[]> {
  const time = INBOX_TIMES[what];
  const options = { projection: { ...LISTED, text: 0 }, batchSize: SMALL_BATCH_SIZE };
  let left = MAX_INBOX_ARTICLES;
  return furtherBack({ before: soon(now), limit }, async (within, wanted) => {
    const found: InboxArticle[] = [];
    if (left === 0) return found;
    const latest = articles.find<InboxArticle>({ [time]: within }, options).sort({ [time]: -1 });
    for await (const article of latest.limit(left)) {
      left--;
      if (isWanted(article)) found.push(article);
      if (found.length === wanted) break;
    }
    return found;
  });
}

export async function countWaiting(
  store: Store,
  { now, limit }: { now: Date; limit: number },
): Promise<number> {
  const options = { before: soon(now), limit, projection: { _id: 1 } };
  return (await readLatest(store.collections.articles, INBOX_TIMES.waiting, options)).length;
}

/** Returns the newest published articles that are pinned at `now`, newest first. */
export async function readPinned(store: Store, now: Date, limit: number): Promise<ListedArticle[]> {
  const pinned = { pinnedUntil: { $gt: now, $lt: FAR_FUTURE }, status: "published" as const };
  const found = await store.collections.articles
    .find<ListedArticle>(pinned, { projection: LISTED })
    .sort({ sortAt: -1 })
    .limit(limit)
    .toArray();
  return found.map((one) => asEdited(one));
}
