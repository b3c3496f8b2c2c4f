import { type Html, html } from "../../../lib/html.ts";
import {
  STATISTICS,
  type StatisticsQuery,
  type StatisticsTable,
} from "../../../model/publish/statistics.ts";
import {
  daysBetween,
  horizontalBars,
  overTime,
  type Series,
  sizeText,
  spanText,
} from "../charts.ts";

/** Keys that are told apart in one plot. */
const LINES = 6;
/** Of a figure by day, the columns that are drawn; of others, each key is a line. */
const DRAWN: Partial<Record<StatisticsQuery["name"], readonly string[]>> = {
  volume: ["listed", "copies", "unlisted", "retracted"],
  latency: ["seen_half", "seen_most", "served_half", "served_most"],
  storage: ["written", "spared"],
  reliability: ["fine", "untroubled"],
};

/** Of a figure by source, the column that is drawn, unless it is that of articles. */
const COMPARED: Partial<Record<StatisticsQuery["name"], string>> = {
  latency: "seen_half",
  storage: "written",
  reliability: "fine",
};

const plain = (value: number) => String(value);
const percent = (share: number) => `${Number((share * 100).toFixed(1))} %`;

/** The plot of a figure. */
export function figurePlot(query: StatisticsQuery, table: StatisticsTable): Html {
  const { name, rows, from, to } = query;
  const title = `${STATISTICS[name]}, ${from} to ${to}`;
  if (table.rows.length === 0) return html`<p>Nothing was counted from ${from} to ${to}.</p>`;
  if (rows === "day") {
    const days = daysBetween(from, to);
    const series = seriesOf(query, table, days);
    const about = series
      .map((one) => `${one.name}: ${inWords(one, days, textOf(query))}`)
      .join("; ");
    const stacked = name === "volume" || name === "storage";
    return overTime({ id: name, title, about, days, series, stacked, text: textOf(query) });
  }
  const bars = table.rows.flatMap((row) => {
    const value = row[COMPARED[name] ?? "articles"];
    return typeof value === "number" ? { name: nameOf(query, table, row), value } : [];
  });
  const text = textOf(query);
  const about = bars
    .slice(0, LINES)
    .map((bar) => `${bar.name}: ${text(bar.value)}`)
    .join("; ");
  return horizontalBars({ id: name, title, about, bars, text });
}

function textOf({ name }: StatisticsQuery): (value: number) => string {
  const texts = { latency: spanText, storage: sizeText, reliability: percent, volume: plain };
  return texts[name as keyof typeof texts] ?? plain;
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
): Series[] {
  const drawn = DRAWN[name];
  const none = name === "volume" || name === "storage" ? 0 : null;
  if (drawn) {
    const byDay = new Map(rows.map((row) => [row["day"], row]));
    return drawn.map((column) => {
      const values = days.map((day) => (byDay.get(day)?.[column] as number | null) ?? none);
      return { name: column.replace("_", " "), values };
    });
  }
  const thing = columns[1]?.name ?? "";
  const sums = new Map<string, Map<string, number>>();
  for (const row of rows) {
    const key = String(row[thing]);
    const counts = sums.get(key) ?? new Map<string, number>();
    counts.set(String(row["day"]), Number(row["articles"]));
    sums.set(key, counts);
  }
  const all = (counts: Map<string, number>) => [...counts.values()].reduce((a, b) => a + b, 0);
  return [...sums]
    .toSorted(([, a], [, b]) => all(b) - all(a))
    .slice(0, LINES)
    .map(([key, counts]) => ({ name: key, values: days.map((day) => counts.get(day) ?? 0) }));
}

/** From what to what a series goes, and its highest. */
function inWords({ values }: Series, days: readonly string[], text: (value: number) => string) {
  const known = values.flatMap((value, n) => (value === null ? [] : [{ value, day: days[n] }]));
  const [first, last] = [known[0], known.at(-1)];
  const top = known.toSorted((a, b) => b.value - a.value)[0];
  if (!first || !last || !top) return "nothing";
  return `from ${text(first.value)} to ${text(last.value)}, most ${text(top.value)} on ${top.day}`;
}
