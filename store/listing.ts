import type { Article } from "../model/article.ts";
import { asEdited } from "../model/editorial.ts";
import type { Query } from "../model/filter.ts";
import { listsOf, matches, windowQuery } from "./listing-filter.ts";
import { mergePages } from "./listing-merge.ts";
import { EPOCH, type Store } from "./store.ts";

/** What a list shows; several fields together all have to hold. */
export interface ListingFilter {
  sourceId?: string;
  topic?: string;
  country?: string;
  language?: string;
  day?: string;
  /** Copies, too, which lists leave to the article that stands for them. */
  copies?: true;
  /** What else has to hold; where nothing above narrows the list, this does. */
  where?: Query;
  /** Bounds of `sortAt`, inclusive. */
  since?: Date;
  until?: Date;
}

/** A place in a list: newest first, ties by id. */
export interface Position {
  sortAt: Date;
  id: string;
}

/** An article as lists show it. */
export type ListedArticle = Omit<Article, "html" | "evidence" | "pending" | "pendingAt">;

/** One page of a list, newest first; `next` is where to go on in the asked direction, null at the end. */
export interface ListingPage {
  articles: ListedArticle[];
  next: Position | null;
}

/** Which page: older than `before`, or the nearest newer than `after`, or the newest. */
export interface ListingRequest {
  limit: number;
  now: Date;
  before?: Position;
  after?: Position;
}

const HOUR = 3_600_000;
const FIRST_WINDOW = 6 * HOUR;
const GROWTH = 6;
/** Read beyond the page, for rows that turn out not to belong to it. */
const SPARE = 8;
/** At most so many documents are looked at for one page; a short page then names where to go on. */
const SCAN_LIMIT = 4000;

/**
 * Listed articles (published, nobody's duplicate), newest first. Walks windows of `sortAt` that
 * grow from six hours until the page is full: every query is an equality and a range bounded on
 * both sides and nothing else, which is what an index serves on every server (one more predicate
 * makes the embedded database read everything), so the rest is decided here.
 */
export async function readListing(
  store: Store,
  filter: ListingFilter,
  request: ListingRequest,
): Promise<ListingPage> {
  const [only, ...others] = listsOf(filter);
  if (!only) return { articles: [], next: null };
  if (others.length === 0) return readOne(store, only, request);
  const pages = [only, ...others].map((list) => readOne(store, list, request));
  return mergePages(await Promise.all(pages), request);
}

async function readOne(
  store: Store,
  filter: ListingFilter,
  request: ListingRequest,
): Promise<ListingPage> {
  const back = !request.after;
  const ends = bounds(filter, request.now);
  const goal = back ? ends.since : ends.until;
  const articles: ListedArticle[] = [];
  let at = request.after ?? request.before ?? null;
  let edge = clamp(at?.sortAt.getTime() ?? (back ? ends.until : ends.since), ends);
  let size = FIRST_WINDOW;
  let scanned = 0;
  let want = request.limit + SPARE;
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
    if (last) at = { sortAt: last.sortAt, id: last._id };
    scanned += rows.length;
    if (scanned > SCAN_LIMIT && at) return { ...page(articles, back, false), next: at };
    if (rows.length < want) {
      if (far === goal) return page(articles, back, false);
      edge = far;
      size *= GROWTH;
    } else if (last) {
      edge = last.sortAt.getTime();
    } else {
      // Nothing but rows of one instant that were seen before: look at more of them at once.
      want *= 4;
    }
  }
}

function page(articles: ListedArticle[], back: boolean, more: boolean): ListingPage {
  const last = articles.at(-1);
  const next = more && last ? { sortAt: last.sortAt, id: last._id } : null;
  return { articles: back ? articles : articles.toReversed(), next };
}

function bounds(filter: ListingFilter, now: Date): { since: number; until: number } {
  const day = filter.day ? Date.parse(`${filter.day}T00:00:00Z`) : null;
  return {
    since: Math.max(day === null ? EPOCH.getTime() : day - 24 * HOUR, filter.since?.getTime() ?? 0),
    until: Math.min(
      day === null ? now.getTime() + HOUR : day + 48 * HOUR,
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
      projection: { html: 0, evidence: 0, pending: 0, pendingAt: 0 },
    })
    .sort({ sortAt: direction, _id: direction })
    .limit(want)
    .map((article) => asEdited(article))
    .toArray();
}
