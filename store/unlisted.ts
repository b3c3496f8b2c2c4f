import type { Article } from "../model/article.ts";
import type { Store } from "./store.ts";

/** An article that readers don't see, as operators find it. */
export type UnlistedArticle = Pick<Article, "_id" | "title" | "url" | "sourceId" | "unlisted">;

const DAY = 86_400_000;
/** How far back is looked, growing until enough are found. */
const WINDOWS = [DAY, 30 * DAY, 3650 * DAY];

/** Articles that are stored and not listed, those that became so last first. */
export async function readUnlisted(
  store: Store,
  now: Date,
  limit = 50,
): Promise<UnlistedArticle[]> {
  let found: UnlistedArticle[] = [];
  for (const back of WINDOWS) {
    const $gte = new Date(now.getTime() - back);
    const $lte = new Date(now.getTime() + 60_000);
    found = await store.collections.articles
      .find({ "unlisted.at": { $gte, $lte } })
      .project<UnlistedArticle>({ title: 1, url: 1, sourceId: 1, unlisted: 1 })
      .sort({ "unlisted.at": -1 })
      .limit(limit)
      .toArray();
    if (found.length >= limit) break;
  }
  return found;
}
