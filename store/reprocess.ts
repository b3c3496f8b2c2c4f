import { EPOCH, type Store } from "./store.ts";

/** Articles read at once. */
const PAGE = 1000;
const DAY = 86_400_000;

/**
 * The captures that a source's articles stand on, a day of the archive after the other: what is to
 * be read again when extraction rules or selectors changed.
 */
export async function* articleCaptures(
  store: Store,
  sourceId: string,
  now: Date,
): AsyncGenerator<string[]> {
  const { articles } = store.collections;
  const [first] = await articles
    .find({ sourceId, sortAt: { $gt: EPOCH, $lt: new Date(now.getTime() + DAY) } })
    .project<{ sortAt: Date }>({ sortAt: 1 })
    .sort({ sortAt: 1 })
    .limit(1)
    .toArray();
  for (let from = first?.sortAt.getTime() ?? Infinity; from <= now.getTime(); from += DAY) {
    const day = { $gte: new Date(from), $lt: new Date(from + DAY) };
    const found = articles
      .find({ sourceId, sortAt: day })
      .project<{ captureId: string }>({ captureId: 1 })
      .batchSize(PAGE);
    const ids = (await found.toArray()).map(({ captureId }) => captureId);
    if (ids.length > 0) yield ids;
  }
}
