import type { FigureColumn, FigureQuery, FigureTable } from "../../model/figure-table.ts";
import type { Counts } from "../counts.ts";
import { addUp, type DayCounts, rowOf, sumOf, tableOf, topOf } from "./add-up.ts";
import { STATES } from "./keys.ts";

const COLUMNS: readonly FigureColumn[] = [
  { name: "articles", type: "count", about: "all that are stored" },
  { name: "listed", type: "count", about: "shown in lists: published and nobody's copy" },
  { name: "copies", type: "count", about: "published, and shown with the one that they copy" },
  { name: "unlisted", type: "count", about: "kept back from readers" },
  { name: "retracted", type: "count", about: "taken back" },
];

/** Articles by day or source, and how they stand with readers. */
export function volumeTable(
  days: readonly DayCounts[],
  { rows, top }: Pick<FigureQuery, "rows" | "top">,
): FigureTable {
  const name = rows === "source" ? "source" : "day";
  const sums = addUp(days, (key, day) => {
    const [source = "", state = ""] = key.split(" ");
    return [rowOf(name, source, day), state];
  });
  const shown = name === "source" ? topOf(sums, top) : [...sums];
  return tableOf(
    name,
    COLUMNS,
    shown.map(([key, counts]) => [key, { articles: sumOf(counts), ...each(counts) }]),
  );
}

function each(counts: Counts): Record<string, number> {
  return Object.fromEntries(STATES.map((state) => [state, counts.get(state) ?? 0]));
}
