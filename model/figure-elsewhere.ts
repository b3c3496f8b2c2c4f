import type { FigureQuery } from "./figure-table.ts";

/** Where the same numbers are had. */
export interface Elsewhere {
  /** Path and query of the API. */
  api: string;
  command: string;
  /** In the database's shell: over the counters, of responses and runs over these themselves. */
  mongo: string;
  /** Over exported articles, in DuckDB: counted anew, erased articles left out; null for what isn't of articles. */
  sql: string | null;
}

/** How a figure is asked for elsewhere. */
export function figureElsewhere(query: FigureQuery): Elsewhere {
  const { name, rows, from, to, top } = query;
  return {
    api: `/v1/figures/${name}?rows=${rows}&from=${from}&to=${to}&top=${top}`,
    command: `newsgather figures ${name} --rows ${rows} --from ${from} --to ${to} --top ${top}`,
    mongo: mongoOf(query),
    sql: sqlOf(query),
  };
}

type OfArticles = Exclude<FigureQuery["name"], "storage" | "reliability">;

const COUNTED: Record<OfArticles, string> = {
  volume: "state",
  latency: "seen",
  topics: "topic",
  countries: "country",
  regions: "region",
  cities: "city",
  languages: "language",
  flows: "flow",
};

function mongoOf({ name, rows, from, to }: FigureQuery): string {
  if (name === "storage" || name === "reliability") return responsesOf({ rows, from, to });
  const keys = rows === "day" ? `{ day: "$day", key: "$counts.k" }` : `"$counts.k"`;
  return `db.figures.aggregate([
  { $match: { by: "${COUNTED[name]}", day: { $gte: "${from}", $lte: "${to}" } } },
  { $project: { day: 1, counts: { $objectToArray: "$counts" } } },
  { $unwind: "$counts" },
  { $group: { _id: ${keys}, articles: { $sum: "$counts.v" } } },
  { $sort: { articles: -1 } }
])`;
}

const LISTED = "status = 'published' and duplicateOf is null";

/** By source, or by day: what of it is still there. */
function responsesOf({ rows, from, to }: Pick<FigureQuery, "rows" | "from" | "to">): string {
  const day = `{ $dateToString: { date: "$fetchedAt", format: "%Y-%m-%d" } }`;
  const key = { source: `"$sourceId"`, day, total: "null" }[rows];
  const end = new Date(Date.parse(to) + 86_400_000).toISOString().slice(0, 10);
  return `db.captures.aggregate([
  { $match: { fetchedAt: { $gte: ISODate("${from}T00:00:00Z"), $lt: ISODate("${end}T00:00:00Z") } } },
  { $group: { _id: ${key}, responses: { $sum: 1 }, bytes: { $sum: "$bytes" }, decoded: { $sum: "$decodedBytes" },
    held: { $sum: { $cond: ["$shared", 0, "$kept"] } }, fine: { $sum: { $cond: [{ $lt: ["$status", 400] }, 1, 0] } } } },
  { $sort: { responses: -1 } }
])`;
}

function sqlOf({ name, rows, from, to, top }: FigureQuery): string | null {
  if (name === "storage" || name === "reliability") return null;
  const span = `day between '${from}' and '${to}'`;
  const byTop = `order by articles desc limit ${top}`;
  if (name === "volume") {
    const key = rows === "source" ? "sourceId" : "day";
    return `select ${key}, count(*) as articles, count(*) filter (${LISTED}) as listed,
  count(*) filter (status = 'published' and duplicateOf is not null) as copies,
  count(*) filter (status = 'unlisted') as unlisted, count(*) filter (status = 'retracted') as retracted
from articles where ${span} group by ${key} ${rows === "source" ? byTop : "order by day"}`;
  }
  if (name === "latency") {
    const key = { source: "sourceId", day: "day", total: "'all'" }[rows];
    const order = rows === "day" ? "order by 1" : `order by seen desc limit ${top}`;
    return `with spans as (select ${key} as key,
    case when publishedPrecision = 'instant' then epoch(firstSeenAt) - epoch(publishedAt) end as seen,
    epoch(servedAt) - epoch(firstSeenAt) as served
  from articles where ${span} and status <> 'retracted')
select key, count(seen) as seen, quantile_disc(seen, 0.5) filter (seen <= 172800) as seen_half,
  quantile_disc(seen, 0.9) filter (seen <= 172800) as seen_most,
  count(served) as served, quantile_disc(served, 0.5) filter (served <= 172800) as served_half,
  quantile_disc(served, 0.9) filter (served <= 172800) as served_most
from spans group by key ${order}`;
  }
  if (name === "flows") {
    return `select originSourceId as origin, sourceId as copier, count(*) as articles,
  quantile_disc(originAfter, 0.5) as after_half, quantile_disc(originAfter, 0.9) as after_most
from articles where ${span} and status <> 'retracted' and originSourceId is not null
group by all ${byTop}`;
  }
  return coverageSql(COUNTED[name], rows, { span, byTop });
}

function coverageSql(
  thing: string,
  rows: FigureQuery["rows"],
  { span, byTop }: { span: string; byTop: string },
): string {
  const column = { topic: "unnest(topics)", region: "regionCode", city: "country || ' ' || city" };
  const value = column[thing as keyof typeof column] ?? thing;
  const told = `select day, ${value} as ${thing} from articles where ${span} and ${LISTED}`;
  const key = rows === "day" ? `day, ${thing}` : thing;
  const order = rows === "day" ? "order by day, articles desc" : byTop;
  return `select ${key}, count(*) as articles from (${told})
where ${thing} is not null group by ${key} ${order}`;
}
