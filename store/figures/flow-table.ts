import type { FigureQuery, FigureTable } from "../../model/figure-table.ts";
import { addUp, type DayCounts, sumOf, topOf } from "./add-up.ts";
import { quantile } from "./sketch.ts";

/** Which source's texts are told again by which, and how much later: the busiest pairs first. */
export function flowTable(
  days: readonly DayCounts[],
  { top }: Pick<FigureQuery, "top">,
): FigureTable {
  const pairs = addUp(days, (key) => {
    const end = key.lastIndexOf(" ");
    return [key.slice(0, end), key.slice(end + 1)];
  });
  return {
    columns: [
      { name: "origin", type: "text", about: "source of the earliest article with the text" },
      { name: "copier", type: "text", about: "source that told it again" },
      { name: "articles", type: "count", about: "articles that did; taken back ones left out" },
      { name: "after_half", type: "seconds", about: "half of them within this after the earliest" },
      { name: "after_most", type: "seconds", about: "nine of ten" },
    ],
    rows: topOf(pairs, top).map(([pair, counts]) => {
      const [origin = "", copier = ""] = pair.split(" ");
      const spans = new Map([...counts].map(([bucket, count]) => [Number(bucket), count]));
      const after_half = quantile(spans, 0.5);
      return {
        origin,
        copier,
        articles: sumOf(counts),
        after_half,
        after_most: quantile(spans, 0.9),
      };
    }),
  };
}
