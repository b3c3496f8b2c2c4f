import { expect, test } from "vitest";
import { bucketOf, quantile } from "../../../../store/statistics/count.ts";

/** Whole numbers 1 to 10,000 in an order without meaning. */
const SPANS = Array.from({ length: 10_000 }, (_, n) => ((n * 7919) % 10_000) + 1);

test.each([0.01, 0.5, 0.9, 0.99])("the quantile %d of spans is off by a tenth at most", (share) => {
  const buckets = new Map<number, number>();
  for (const span of SPANS) buckets.set(bucketOf(span), (buckets.get(bucketOf(span)) ?? 0) + 1);
  const read = quantile(buckets, share) ?? 0;
  expect(Math.abs(read - share * 10_000) / (share * 10_000)).toBeLessThan(0.1);
});

test("spans of nothing have no quantile, one span is its own", () => {
  expect(quantile(new Map(), 0.5)).toBeNull();
  expect(quantile(new Map([[bucketOf(60), 1]]), 0.9)).toBeCloseTo(60, -1);
  expect(quantile(new Map([[bucketOf(0), 3]]), 0.5)).toBeLessThanOrEqual(0.11);
});
