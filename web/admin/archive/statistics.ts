import { z } from "zod";
import { type Html, html } from "../../../lib/text.ts";
import { dayIn, shiftDay } from "../../../lib/time.ts";
import {
  ROWS_OF,
  STATISTIC_NAMES,
  STATISTICS,
  type StatisticName,
  type StatisticsColumn,
  StatisticsParams,
  type StatisticsQuery,
  type StatisticsTable,
  toStatisticsQuery,
} from "../../../model/publish/statistics.ts";
import { readTierSizes } from "../../../store/archive/body-moves.ts";
import { readStatisticsSeq } from "../../../store/statistics/count.ts";
import { BREAKDOWNS, readStatistic } from "../../../store/statistics/read.ts";
import { measure } from "../charts.ts";
import { options, unlessEmpty } from "../forms.ts";
import { type AdminPage, readQuery } from "../page.ts";
import { section } from "../tables.ts";
import { figurePlot } from "./statistics-plot.ts";

const Query = z.object({
  name: z.enum(STATISTIC_NAMES).catch("volume"),
  rows: unlessEmpty(StatisticsParams.shape.rows),
  from: unlessEmpty(StatisticsParams.shape.from),
  to: unlessEmpty(StatisticsParams.shape.to),
  top: unlessEmpty(StatisticsParams.shape.top),
});

export const statisticsPage: AdminPage = {
  path: "/admin/statistics",
  title: "Statistics",
  section: "Archive",
  commands: ["newsgather statistics", "newsgather storage"],
  async show(request, { store, timezone, now }) {
    const { name, ...params } = readQuery(Query, request);
    // A statistic that the user switches to might not have the same choice of rows.
    const rows = params.rows && ROWS_OF[name].includes(params.rows) ? params.rows : undefined;
    const query = toStatisticsQuery(name, { ...params, rows }, dayIn(timezone, now()));
    const [table, countedUpTo, tiers] = await Promise.all([
      readStatistic(store, query),
      readStatisticsSeq(store),
      name === "storage" ? readTierSizes(store) : [],
    ]);
    const lead = html`The numbers come from counters that follow the change stream; <code>newsgather statistics rebuild</code> counts everything again. Durations have an error of at most 10 %.`;
    const page =
      () => html`${countedUpTo === null && html`<p class="alert alert-warning">The statistics are being computed and aren't complete yet.</p>`}
<nav aria-label="Statistics"><ul class="nav nav-pills">${STATISTIC_NAMES.map((one) => tab(one, query))}</ul></nav>
${form(query)}
<section class="card card-body"><h2 class="card-title">${STATISTICS[name].replace(/^./, (first) => first.toUpperCase())}</h2>${figurePlot(query, table)}</section>
${tableOf(query, table)}
${
  tiers.length > 0 &&
  section(
    "Tiers",
    ["Tier", "Bodies", "Bytes"],
    tiers.map(
      ({ tier, bodies, bytes }) =>
        html`<tr><td>${tier}</td><td class="n">${bodies ?? "–"}</td>${measure(bytes, "bytes")}</tr>\n`,
    ),
    html`None.`,
  )
}
${elsewhere(query)}`;
    return { json: { ...query, ...table, ...(tiers.length > 0 && { tiers }) }, html: page, lead };
  },
};

function tab(one: StatisticName, { name, from, to }: StatisticsQuery): Html {
  const current = one === name && html` aria-current="page"`;
  return html`<li class="nav-item"><a class="nav-link${one === name && " active"}" href="?name=${one}&amp;from=${from}&amp;to=${to}"${current}>${one}</a></li>`;
}

function form({ name, rows, from, to, top }: StatisticsQuery): Html {
  return html`<form class="filter" method="get"><input type="hidden" name="name" value="${name}">
<label class="form-label">Rows <select class="form-select" name="rows">${options(ROWS_OF[name], rows)}</select></label>
<label class="form-label">From <input class="form-control" type="date" name="from" value="${from}"></label>
<label class="form-label">To <input class="form-control" type="date" name="to" value="${to}"></label>
<label class="form-label">At most <input class="form-control" type="number" name="top" min="1" max="1000" value="${top}"></label>
<button class="btn btn-primary">Show</button></form>`;
}

function tableOf({ name }: StatisticsQuery, { columns, rows }: StatisticsTable): Html {
  const lines = rows.map(
    (row) => html`<tr>${columns.map((column) => cell(column, row[column.name] ?? null))}</tr>\n`,
  );
  const about = columns.slice(1).map((column) => html`<li>${column.name}: ${column.about}</li>`);
  return html`${section(
    `The numbers of ${name}`,
    columns.map(({ name: head }) => head.replace("_", " ")),
    lines,
    html`None.`,
  )}
<details><summary>What the columns mean</summary><ul>${about}</ul></details>`;
}

const DAY = /^\d{4}-\d\d-\d\d$/;

function cell({ type }: StatisticsColumn, value: string | number | null): Html {
  if (value === null) return html`<td class="n">&ndash;</td>`;
  if (typeof value === "string")
    return html`<td>${DAY.test(value) ? html`<time datetime="${value}">${value}</time>` : html`<bdi>${value}</bdi>`}</td>`;
  return type === "text" ? html`<td class="n">${value}</td>` : measure(value, type);
}

function elsewhere(query: StatisticsQuery): Html {
  const { name, rows, from, to, top } = query;
  const api = `/v1/statistics/${name}?rows=${rows}&from=${from}&to=${to}&top=${top}`;
  const command = `newsgather statistics ${name} --rows ${rows} --from ${from} --to ${to} --top ${top}`;
  const sql = sqlOf(query);
  return html`<section class="card card-body"><h2 class="card-title">The query behind these numbers</h2>
<p>API: <a href="${api}"><code>${api}</code></a>, <a href="${api}&amp;format=csv">as CSV</a></p>
<p>Command: <code>${command}</code></p>
<details><summary>In the database's shell</summary><pre>${mongoOf(query)}</pre></details>
${sql && html`<details><summary>With <code>newsgather query</code>, counted again from exported articles</summary><pre>${sql}</pre></details>`}</section>`;
}

type OfArticles = Exclude<StatisticsQuery["name"], "storage" | "reliability">;

const DIMENSIONS: Record<OfArticles, string> = {
  volume: "state",
  latency: "seen",
  flows: "flow",
  ...BREAKDOWNS,
};

function mongoOf(query: StatisticsQuery): string {
  const { name, rows, from, to } = query;
  if (name === "storage" || name === "reliability") return responsesOf(query);
  const keys = rows === "day" ? `{ day: "$day", key: "$counts.k" }` : `"$counts.k"`;
  return `db.statistics.aggregate([
  { $match: { dimension: "${DIMENSIONS[name]}", day: { $gte: "${from}", $lte: "${to}" } } },
  { $project: { day: 1, counts: { $objectToArray: "$counts" } } },
  { $unwind: "$counts" },
  { $group: { _id: ${keys}, articles: { $sum: "$counts.v" } } },
  { $sort: { articles: -1 } }
])`;
}

const LISTED = "status = 'published' and duplicateOf is null";

function responsesOf({ rows, from, to }: StatisticsQuery): string {
  const day = `{ $dateToString: { date: "$fetchedAt", format: "%Y-%m-%d" } }`;
  const key = { source: `"$sourceId"`, day, total: "null" }[rows];
  return `db.captures.aggregate([
  { $match: { fetchedAt: { $gte: ISODate("${from}T00:00:00Z"), $lt: ISODate("${shiftDay(to, 1)}T00:00:00Z") } } },
  { $group: { _id: ${key}, responses: { $sum: 1 }, bytes: { $sum: "$bytes" }, decoded: { $sum: "$decodedBytes" },
    stored: { $sum: { $cond: ["$shared", 0, "$storedBytes"] } }, fine: { $sum: { $cond: [{ $lt: ["$status", 400] }, 1, 0] } } } },
  { $sort: { responses: -1 } }
])`;
}

function sqlOf({ name, rows, from, to, top }: StatisticsQuery): string | null {
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
  return breakdownSql(DIMENSIONS[name], rows, { span, byTop });
}

function breakdownSql(
  thing: string,
  rows: StatisticsQuery["rows"],
  { span, byTop }: { span: string; byTop: string },
): string {
  const column = { topic: "unnest(topics)", region: "regionCode", city: "country || ' ' || city" };
  const value = column[thing as keyof typeof column] ?? thing;
  const perArticle = `select day, ${value} as ${thing} from articles where ${span} and ${LISTED}`;
  const key = rows === "day" ? `day, ${thing}` : thing;
  const order = rows === "day" ? "order by day, articles desc" : byTop;
  return `select ${key}, count(*) as articles from (${perArticle})
where ${thing} is not null group by ${key} ${order}`;
}
