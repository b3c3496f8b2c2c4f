import type { FigureBy } from "../../model/figure.ts";
import type { FigureQuery, FigureTable } from "../../model/figure-table.ts";
import { openCounts } from "../counts.ts";
import { comparedSources } from "../recalls.ts";
import { readSourceDays } from "../source-days.ts";
import type { Store } from "../store.ts";
import type { DayCounts } from "./add-up.ts";
import { coverageTable } from "./coverage-table.ts";
import { flowTable } from "./flow-table.ts";
import { latencyTable } from "./latency-table.ts";
import { reliabilityTable, storageTable } from "./source-tables.ts";
import { volumeTable } from "./volume-table.ts";

/** Days of one figure: documents that are read at most. */
const MOST_DAYS = 1100;

const COVERAGE = {
  topics: "topic",
  countries: "country",
  regions: "region",
  cities: "city",
  languages: "language",
} as const;

/** A figure of a span of days; reads a document or two of each day, however many articles there are. */
export async function readFigure(store: Store, query: FigureQuery): Promise<FigureTable> {
  const { name } = query;
  const responses = () => readSourceDays(store, query.from, query.to);
  if (name === "storage") return storageTable(await responses(), query);
  if (name === "reliability") {
    const [told, states, recalls] = await Promise.all([
      responses(),
      days(store, "state", query),
      comparedSources(store),
    ]);
    return reliabilityTable(told, query, { states, recalls });
  }
  if (name === "volume") return volumeTable(await days(store, "state", query), query);
  if (name === "flows") return flowTable(await days(store, "flow", query), query);
  if (name === "latency") {
    const [seen, served] = await Promise.all([
      days(store, "seen", query),
      days(store, "served", query),
    ]);
    return latencyTable(seen, served, query);
  }
  return coverageTable(await days(store, COVERAGE[name], query), COVERAGE[name], query);
}

/** Days on which something was counted, in order. */
async function days(
  { collections: { figures } }: Store,
  by: FigureBy,
  { from, to }: Pick<FigureQuery, "from" | "to">,
): Promise<DayCounts[]> {
  const found = await figures
    .find({ by, day: { $gte: from, $lte: to } }, { projection: { day: 1, counts: 1 } })
    .sort({ day: 1 })
    .limit(MOST_DAYS)
    .toArray();
  return found.map(({ day, counts }) => ({ day, counts: openCounts(counts) }));
}
