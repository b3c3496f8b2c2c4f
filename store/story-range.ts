import type { Article } from "../model/article.ts";
import type { Store } from "./store.ts";

/** Articles decided together. */
const BATCH = 100;
const DAY = 86_400_000;

/** Articles with `sortAt` from `since` to before `until`, oldest first, in batches. */
export async function* articlesBetween(
  { collections: { articles } }: Store,
  since: Date,
  until: Date,
): AsyncGenerator<Article[]> {
  for (let from = since.getTime(); from < until.getTime(); from += DAY) {
    const to = Math.min(from + DAY, until.getTime());
    const found = articles
      .find({ sortAt: { $gte: new Date(from), $lt: new Date(to) } })
      .sort({ sortAt: 1, _id: 1 })
      .batchSize(BATCH);
    let batch: Article[] = [];
    for await (const article of found) {
      batch.push(article);
      if (batch.length < BATCH) continue;
      yield batch;
      batch = [];
    }
    if (batch.length > 0) yield batch;
  }
}
