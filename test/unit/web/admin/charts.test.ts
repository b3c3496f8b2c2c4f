import { expect, test } from "vitest";
import { chart, daysBetween, sizeText, spanText } from "../../../../web/admin/charts.ts";

test("a chart is a table of its values, which a script draws", () => {
  const { markup } = chart({
    title: "Delay",
    kind: "lines",
    unit: "seconds",
    columns: ["half", "most"],
    rows: [{ at: "2026-11-25", name: "25 Nov", values: [600, null] }],
  });
  expect(markup).toContain('data-kind="lines" data-unit="seconds"');
  expect(markup).toContain('<time datetime="2026-11-25">25 Nov</time>');
  expect(markup).toContain('<td class="n" data-value="600">10 min</td><td class="n">&ndash;</td>');
  expect(markup).not.toContain("style=");
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
