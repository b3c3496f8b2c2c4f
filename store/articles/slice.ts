import type { Article } from "../../model/articles/article.ts";
import { findAll } from "../queries.ts";
import { EPOCH, type Store } from "../store.ts";
import { withTexts } from "./articles.ts";
import type { Position } from "./listing.ts";

const LAST_ID = "\uffff";
const FIRST_WINDOW_MS = 6 * 3_600_000;
const WINDOW_GROWTH_FACTOR = 6;

/** The articles of a source (null: of all) from `since` (included) to `until` (excluded). */
export interface ArticleRange {
  sourceId: string | null;
  since: Date;
  until: Date;
}

/** Returns articles sorted by `sortAt` and id, after the position `after` (null: the start). */
export async function readSlice(
  store: Store,
  { sourceId, since, until }: ArticleRange,
  after: Position | null,
  limit: number,
): Promise<Article[]> {
  const { articles } = store.collections;
  const of = sourceId === null ? {} : { sourceId };
  const read = (where: object, most: number) =>
    findAll(articles, { ...of, ...where }, { sort: { sortAt: 1, _id: 1 }, limit: most });
  // Many articles can have the same time: read those at the position's time first.
  const found = after
    ? await read({ sortAt: after.sortAt, _id: { $gt: after.id, $lt: LAST_ID } }, limit)
    : [];
  let from = after ? after.sortAt.getTime() + 1 : since.getTime();
  for (
    let size = FIRST_WINDOW_MS;
    found.length < limit && from < until.getTime();
    size *= WINDOW_GROWTH_FACTOR
  ) {
    const to = Math.min(from + size, until.getTime());
    const window = { $gte: new Date(from), $lt: new Date(to) };
    found.push(...(await read({ sortAt: window }, limit - found.length)));
    from = to;
  }
  return withTexts(store, found);
}

/** Returns the date of the oldest article in a time span; null if there is none. */
export async function sliceStart(
  { collections: { articles } }: Store,
  { sourceId, since, until }: ArticleRange,
): Promise<Date | null> {
  const of = sourceId === null ? {} : { sourceId };
  const first = await articles.findOne(
    { ...of, sortAt: { $gte: since < EPOCH ? EPOCH : since, $lt: until } },
    { sort: { sortAt: 1, _id: 1 }, projection: { sortAt: 1 } },
  );
  return first?.sortAt ?? null;
}
