import type {
  CountedBy,
  StatisticsColumn,
  StatisticsQuery,
  StatisticsTable,
} from "../../model/publish/statistics.ts";
import { type Counts, decodeCounts } from "../publish/counters.ts";
import { listCoverage } from "../sources/coverage.ts";
import { readSourceDays } from "../sources/source-days.ts";
import type { Store } from "../store.ts";
import { addUp, column, type DayCounts, rowOf, sumOf, tableOf, topOf } from "./add-up.ts";
import { OLDER, quantile, STATES } from "./count.ts";
import { reliabilityTable, storageTable } from "./source-tables.ts";

const MOST_DAYS = 1100;

export const BREAKDOWNS = {
  topics: "topic",
  countries: "country",
  regions: "region",
  cities: "city",
  languages: "language",
} as const;

/** Returns a statistic as a table. The cost depends on days and sources, not on articles. */
export async function readStatistic(
  store: Store,
  query: StatisticsQuery,
): Promise<StatisticsTable> {
  const { name } = query;
  const responses = () => readSourceDays(store, query.from, query.to);
  if (name === "storage") return storageTable(await responses(), query);
  if (name === "reliability") {
    const [sourceDays, states, coverage] = await Promise.all([
      responses(),
      readDays(store, "state", query),
      listCoverage(store),
    ]);
    return reliabilityTable(sourceDays, query, { states, coverage });
  }
  if (name === "volume") return volumeTable(await readDays(store, "state", query), query);
  if (name === "flows") return flowTable(await readDays(store, "flow", query), query);
  if (name === "latency") {
    const [seen, served] = await Promise.all([
      readDays(store, "seen", query),
      readDays(store, "served", query),
    ]);
    return latencyTable(seen, served, query);
  }
  return breakdownTable(await readDays(store, BREAKDOWNS[name], query), BREAKDOWNS[name], query);
}

async function readDays(
  { collections: { statistics } }: Store,
  dimension: CountedBy,
  { from, to }: Pick<StatisticsQuery, "from" | "to">,
): Promise<DayCounts[]> {
  const found = await statistics
    .find({ dimension, day: { $gte: from, $lte: to } }, { projection: { day: 1, counts: 1 } })
    .sort({ day: 1 })
    .limit(MOST_DAYS)
    .toArray();
  return found.map(({ day, counts }) => ({ day, counts: decodeCounts(counts) }));
}

const COLUMNS: readonly StatisticsColumn[] = [
  column("articles", "count", "all stored articles"),
  column("listed", "count", "published and not a copy, so shown in lists"),
  column("copies", "count", "published copies, shown with the article that they copy"),
  column("unlisted", "count", "hidden from readers"),
  column("retracted", "count", "retracted by the publisher or an editor"),
];

function volumeTable(
  days: readonly DayCounts[],
  { rows, top }: Pick<StatisticsQuery, "rows" | "top">,
): StatisticsTable {
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

function flowTable(
  days: readonly DayCounts[],
  { top }: Pick<StatisticsQuery, "top">,
): StatisticsTable {
  const pairs = addUp(days, (key) => {
    const end = key.lastIndexOf(" ");
    return [key.slice(0, end), key.slice(end + 1)];
  });
  return {
    columns: [
      column("origin", "text", "source of the earliest article with the text"),
      column("copier", "text", "source that repeated the text"),
      column(
        "articles",
        "count",
        "the copier's articles that repeat a text of the origin; retracted articles aren't counted",
      ),
      column(
        "after_half",
        "seconds",
        "half of the repetitions appeared within this time after the earliest article",
      ),
      column("after_most", "seconds", "nine of ten repetitions appeared within this time"),
    ],
    rows: topOf(pairs, top).map(([pair, counts]) => {
      const [origin = "", copier = ""] = pair.split(" ");
      return { origin, copier, articles: sumOf(counts), ...quantilesOf("after", counts) };
    }),
  };
}

function breakdownTable(
  days: readonly DayCounts[],
  thing: string,
  { rows, top }: Pick<StatisticsQuery, "rows" | "top">,
): StatisticsTable {
  const byKey = addUp(days, (key, day) => [key, day]);
  const all = [...byKey.values()].reduce((sum, counts) => sum + sumOf(counts), 0);
  const most = topOf(byKey, top);
  const key = column(thing, "text", ABOUT[thing] ?? thing);
  const articles = column("articles", "count", "listed articles");
  if (rows === "day") {
    const listed = days.flatMap(({ day, counts }) =>
      most.flatMap(([name]) => {
        const count = counts.get(name);
        return count ? { day, [thing]: name, articles: count } : [];
      }),
    );
    const day = column("day", "text", "day");
    return { columns: [day, key, articles], rows: listed };
  }
  const of =
    thing === "topic" ? "all topics of listed articles" : "listed articles with such a value";
  const about = `share of ${of}`;
  return {
    columns: [key, articles, { name: "share", type: "share", about }],
    rows: most.map(([name, counts]) => {
      const sum = sumOf(counts);
      return { [thing]: name, articles: sum, share: Number((sum / all).toFixed(4)) };
    }),
  };
}

const ABOUT: Record<string, string> = {
  topic: "id of a topic in config/topics.yaml; an article can have several topics",
  country: "ISO 3166-1 alpha-2",
  region: "ISO 3166-2",
  city: "country and city, in English",
  language: "BCP 47 primary language",
};

const LATENCY_COLUMNS: readonly StatisticsColumn[] = [
  column("seen", "count", "articles whose page states the time of publication"),
  column("seen_half", "seconds", "half of these articles were found within this time"),
  column("seen_most", "seconds", "nine of ten of these articles were found within this time"),
  column(
    "seen_older",
    "count",
    "articles older than two days when found; not in seen_half and seen_most",
  ),
  column("served", "count", "articles that readers could see"),
  column(
    "served_half",
    "seconds",
    "half of these articles were visible within this time after discovery",
  ),
  column("served_most", "seconds", "nine of ten of these articles were visible within this time"),
  column(
    "served_older",
    "count",
    "articles visible more than two days after discovery; not in served_half and served_most",
  ),
];

function latencyTable(
  seen: readonly DayCounts[],
  served: readonly DayCounts[],
  { rows, top }: Pick<StatisticsQuery, "rows" | "top">,
): StatisticsTable {
  const sums = (days: readonly DayCounts[]) =>
    addUp(days, (key, day) => {
      const [source = "", bucket = ""] = key.split(" ");
      return [rowOf(rows, source, day), bucket];
    });
  const [bySeen, byServed] = [sums(seen), sums(served)];
  // Include rows that only one of the two has.
  const all = new Map([...byServed, ...bySeen]);
  const keys = rows === "day" ? [...all.keys()].toSorted() : topOf(all, top).map(([key]) => key);
  const cells = (key: string) => ({
    ...spansOf("seen", bySeen.get(key)),
    ...spansOf("served", byServed.get(key)),
  });
  return tableOf(
    rows,
    LATENCY_COLUMNS,
    keys.map((key) => [key, cells(key)]),
  );
}

function spansOf(name: string, counts: Counts = new Map()): Record<string, number | null> {
  const older = { [`${name}_older`]: counts.get(OLDER) ?? 0 };
  return { [name]: sumOf(counts), ...quantilesOf(name, counts), ...older };
}

function quantilesOf(name: string, counts: Counts): Record<string, number | null> {
  const buckets = new Map(
    [...counts].flatMap(([bucket, count]) => (bucket === OLDER ? [] : [[Number(bucket), count]])),
  );
  return {
    [`${name}_half`]: quantile(buckets, 0.5),
    [`${name}_most`]: quantile(buckets, 0.9),
  };
}
