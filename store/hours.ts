import { HOUR_MS } from "../lib/time.ts";
import type { Store } from "./store.ts";

/** Articles that are read at most. */
const MOST = 5000;

/**
 * How many articles were published in each of the last `hours` hours, the newest last; in fewer
 * hours where there were more articles than are read.
 */
export async function articlesByHour(
  store: Store,
  now: Date,
  { hours, most = MOST }: { hours: number; most?: number },
): Promise<number[]> {
  const since = now.getTime() - hours * HOUR_MS;
  const found = await store.collections.articles
    .find(
      { sortAt: { $gte: new Date(since), $lt: now } },
      { projection: { _id: 0, sortAt: 1 }, batchSize: most },
    )
    .sort({ sortAt: -1 })
    .limit(most)
    .toArray();
  const counts = Array.from({ length: hours }, () => 0);
  let hour = 0;
  for (const { sortAt } of found) {
    hour = Math.floor((sortAt.getTime() - since) / HOUR_MS);
    counts[hour] = (counts[hour] ?? 0) + 1;
  }
  // The oldest hour that was reached may have more than was read.
  return found.length < most ? counts : counts.slice(hour + 1);
}
