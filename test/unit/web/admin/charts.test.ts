import { expect, test } from "vitest";
import { daysBetween, sizeText, spanText, ticksTo } from "../../../../web/admin/charts.ts";

test.each([
  [0, [0, 1]],
  [0.9, [0, 0.5, 1]],
  [2, [0, 1, 2]],
  [27, [0, 10, 20, 30]],
  [1000, [0, 500, 1000]],
])("ticks up to %d are round", (most, ticks) => {
  expect(ticksTo(most)).toEqual(ticks);
});

test("spans, sizes and days are as people write them", () => {
  expect([0.5, 89, 600, 20_000, 400_000].map(spanText)).toEqual([
    "0.5 s",
    "89 s",
    "10 min",
    "5.6 h",
    "4.6 d",
  ]);
  expect([0, 999, 1500, 2_340_000_000].map(sizeText)).toEqual([
    "0 B",
    "999 B",
    "1.5 kB",
    "2.34 GB",
  ]);
  expect(daysBetween("2026-02-27", "2026-03-01")).toEqual([
    "2026-02-27",
    "2026-02-28",
    "2026-03-01",
  ]);
});
