import type { Article } from "../../model/articles/article.ts";
import { EPOCH, type Store } from "../store.ts";
import type { Position } from "./listing.ts";
import { withTexts } from "./texts.ts";

/** Above every id. */
const LAST_ID = "\uffff";
const FIRST_WINDOW = 6 * 3_600_000;
const GROWTH = 6;

/** Articles of a source (null: of all), dated from `since` to before `until`. */
export interface Stretch {
  sourceId: string | null;
  since: Date;
  until: Date;
}

/** The articles of a stretch that follow a place, by `sortAt` and id, at most `limit`. */
export async function readSlice(
  store: Store,
  { sourceId, since, until }: Stretch,
  after: Position | null,
  limit: number,
): Promise<Article[]> {
  const { articles } = store.collections;
  const of = sourceId === null ? {} : { sourceId };
  const read = (where: object, most: number) =>
    articles
      .find({ ...of, ...where })
      .sort({ sortAt: 1, _id: 1 })
      .limit(most)
      .toArray();
  // One instant may hold any number of articles: those beside the place first, then the later ones.
  const found = after
    ? await read({ sortAt: after.sortAt, _id: { $gt: after.id, $lt: LAST_ID } }, limit)
    : [];
  let from = after ? after.sortAt.getTime() + 1 : since.getTime();
  for (let size = FIRST_WINDOW; found.length < limit && from < until.getTime(); size *= GROWTH) {
    const to = Math.min(from + size, until.getTime());
    const window = { $gte: new Date(from), $lt: new Date(to) };
    found.push(...(await read({ sortAt: window }, limit - found.length)));
    from = to;
  }
  return withTexts(store, found);
}

/** When the oldest article of a stretch is dated; null when there is none. */
export async function sliceStart(
  { collections: { articles } }: Store,
  { sourceId, since, until }: Stretch,
): Promise<Date | null> {
  const of = sourceId === null ? {} : { sourceId };
  const [first] = await articles
    .find({ ...of, sortAt: { $gte: since < EPOCH ? EPOCH : since, $lt: until } })
    .project<Pick<Article, "sortAt">>({ sortAt: 1 })
    .sort({ sortAt: 1, _id: 1 })
    .limit(1)
    .toArray();
  return first?.sortAt ?? null;
}
