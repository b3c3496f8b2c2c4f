import { findIn } from "./find-in.ts";
import type { Store } from "./store.ts";

/** Keys among `ids` of links that led to an article. */
export async function knownArticles(store: Store, ids: string[]): Promise<Set<string>> {
  const found = await findIn(store.collections.links, "_id", ids, {
    projection: { articleId: 1 },
  });
  return new Set(found.flatMap(({ _id, articleId }) => (articleId ? [_id] : [])));
}
