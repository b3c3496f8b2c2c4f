import type { Article } from "../model/article.ts";
import { readLatest } from "./latest.ts";
import type { Store } from "./store.ts";

/** An article that readers don't see, as operators find it. */
export type UnlistedArticle = Pick<Article, "_id" | "title" | "url" | "sourceId" | "unlisted">;

/** Articles that are stored and not listed, those that became so last first. */
export function readUnlisted(store: Store, now: Date, limit = 50): Promise<UnlistedArticle[]> {
  const projection = { title: 1, url: 1, sourceId: 1, unlisted: 1 };
  return readLatest(store.collections.articles, "unlisted.at", { now, limit, projection });
}
