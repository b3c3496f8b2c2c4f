import { type Html, html } from "../../../lib/text.ts";
import {
  STATISTICS,
  type StatisticsQuery,
  type StatisticsTable,
} from "../../../model/publish/statistics.ts";
import { type Chart, type ChartUnit, chart, comparison, daysBetween } from "../charts.ts";

const MAX_LINES = 6;
const DRAWN_COLUMNS: Partial<Record<StatisticsQuery["name"], readonly string[]>> = {
  volume: ["listed", "copies", "unlisted", "retracted"],
  latency: ["seen_half", "seen_most", "served_half", "served_most"],
  storage: ["written", "spared"],
  reliability: ["fine", "untroubled"],
};

const COMPARED_COLUMNS: Partial<Record<StatisticsQuery["name"], string>> = {
  latency: "seen_half",
  storage: "written",
  reliability: "fine",
};

const UNITS: Partial<Record<StatisticsQuery["name"], ChartUnit>> = {
  latency: "seconds",
  storage: "bytes",
  reliability: "share",
};

export function figurePlot(query: StatisticsQuery, table: StatisticsTable): Html {
  const { name, rows, from, to } = query;
  const title = `${STATISTICS[name]}, ${from} to ${to}`;
  const unit = UNITS[name] ?? "count";
  if (table.rows.length === 0) return html`<p>Nothing was counted from ${from} to ${to}.</p>`;
  if (rows === "day") {
    const days = daysBetween(from, to);
    const series = seriesOf(query, table, days);
    const kind: Chart["kind"] = name === "volume" || name === "storage" ? "bars" : "lines";
    const columns = series.map((one) => one.name);
    const lines = days.map((day, n) => ({
      at: day,
      values: series.map(({ values }) => values[n] ?? null),
    }));
    return chart({ title, kind, unit, columns, rows: lines });
  }
  const bars = table.rows.flatMap((row) => {
    const value = row[COMPARED_COLUMNS[name] ?? "articles"];
    return typeof value === "number" ? { name: nameOf(query, table, row), value } : [];
  });
  return comparison(title, bars, unit);
}

function nameOf(
  { name }: StatisticsQuery,
  { columns }: StatisticsTable,
  row: StatisticsTable["rows"][number],
) {
  if (name === "flows") return `${row["origin"]} → ${row["copier"]}`;
  return String(row[columns[0]?.name ?? ""]);
}

function seriesOf(
  { name }: StatisticsQuery,
  { columns, rows }: StatisticsTable,
  days: string[],
): { name: string; values: (number | null)[] }[] {
  const drawn = DRAWN_COLUMNS[name];
  const none = name === "volume" || name === "storage" ? 0 : null;
  if (drawn) {
    const byDay = new Map(rows.map((row) => [row["day"], row]));
    return drawn.map((column) => {
      const values = days.map((day) => (byDay.get(day)?.[column] as number | null) ?? none);
      return { name: column.replace("_", " "), values };
    });
  }
  const thing = columns[1]?.name ?? "";
  const sums = new Map<string, number>();
  const counts = new Map<string, number>();
  for (const row of rows) {
    const key = String(row[thing]);
    const count = Number(row["articles"]);
    sums.set(key, (sums.get(key) ?? 0) + count);
    counts.set(`${row["day"]} ${key}`, count);
  }
  return [...sums]
    .toSorted(([, a], [, b]) => b - a)
    .slice(0, MAX_LINES)
    .map(([key]) => ({ name: key, values: days.map((day) => counts.get(`${day} ${key}`) ?? 0) }));
}
