import type { FigureColumn, FigureQuery, FigureTable } from "../../model/figure-table.ts";
import type { Counts } from "../counts.ts";
import { addUp, type DayCounts, rowOf, sumOf, tableOf, topOf } from "./add-up.ts";
import { OLDER } from "./keys.ts";
import { quantile } from "./sketch.ts";

const SHARES = { half: 0.5, most: 0.9 };

const COLUMNS: readonly FigureColumn[] = [
  { name: "seen", type: "count", about: "articles whose page tells the instant of publication" },
  { name: "seen_half", type: "seconds", about: "half of them were first looked at within this" },
  { name: "seen_most", type: "seconds", about: "nine of ten were" },
  { name: "seen_older", type: "count", about: "older than two days when found: left out of both" },
  { name: "served", type: "count", about: "articles that readers could see" },
  { name: "served_half", type: "seconds", about: "half of them within this after our first look" },
  { name: "served_most", type: "seconds", about: "nine of ten" },
  { name: "served_older", type: "count", about: "more than two days later: left out of both" },
];

/** How long articles took from publication to our first look, and from there to readers. */
export function latencyTable(
  seen: readonly DayCounts[],
  served: readonly DayCounts[],
  { rows, top }: Pick<FigureQuery, "rows" | "top">,
): FigureTable {
  const sums = (days: readonly DayCounts[]) =>
    addUp(days, (key, day) => {
      const [source = "", bucket = ""] = key.split(" ");
      return [rowOf(rows, source, day), bucket];
    });
  const [bySeen, byServed] = [sums(seen), sums(served)];
  // Those that are found in only one of them are there, too.
  const all = new Map([...byServed, ...bySeen]);
  const keys = rows === "day" ? [...all.keys()].toSorted() : topOf(all, top).map(([key]) => key);
  const none: Counts = new Map();
  const cells = (key: string) => ({
    ...spansOf("seen", bySeen.get(key) ?? none),
    ...spansOf("served", byServed.get(key) ?? none),
  });
  return tableOf(
    rows,
    COLUMNS,
    keys.map((key) => [key, cells(key)]),
  );
}

function spansOf(name: string, counts: Counts): Record<string, number | null> {
  const buckets = new Map(
    [...counts].flatMap(([bucket, count]) => (bucket === OLDER ? [] : [[Number(bucket), count]])),
  );
  return {
    [name]: sumOf(counts),
    [`${name}_half`]: quantile(buckets, SHARES.half),
    [`${name}_most`]: quantile(buckets, SHARES.most),
    [`${name}_older`]: counts.get(OLDER) ?? 0,
  };
}
