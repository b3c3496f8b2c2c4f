/**
 * Spans of time by buckets that grow by a fifth: a quantile read from their counts is off by at most a
 * tenth, whatever was counted, and counts of several days add up.
 */
const GROWTH = 1.2;
const LOG = Math.log(GROWTH);
/** Seconds; shorter ones are taken for it. */
const LEAST = 0.1;

/** The bucket of a span of seconds. */
export function bucketOf(seconds: number): number {
  return Math.ceil(Math.log(Math.max(seconds, LEAST)) / LOG);
}

/** The seconds that a share (0 to 1) of what was counted didn't exceed; null where nothing was. */
export function quantile(buckets: ReadonlyMap<number, number>, share: number): number | null {
  const inOrder = [...buckets].filter(([, count]) => count > 0).toSorted(([a], [b]) => a - b);
  const wanted = share * inOrder.reduce((sum, [, count]) => sum + count, 0);
  let passed = 0;
  for (const [bucket, count] of inOrder) {
    passed += count;
    if (passed >= wanted) return rounded((2 * GROWTH ** bucket) / (GROWTH + 1));
  }
  return null;
}

/** Three significant digits: more would say more than is known. */
function rounded(seconds: number): number {
  return Number(seconds.toPrecision(3));
}
