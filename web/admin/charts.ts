import { type Html, html } from "../../lib/text.ts";

/** Returns a bar chart of the numbers of articles on consecutive days. */
export function sparkline(
  counts: readonly number[],
  { width, height } = { width: 70, height: 18 },
): Html {
  const most = Math.max(1, ...counts);
  const step = width / Math.max(1, counts.length);
  const drawn = counts.map((count, n) => {
    const tall = count === 0 ? 0.5 : Math.max(1.5, (count / most) * height);
    const [x, y] = [(n * step).toFixed(1), (height - tall).toFixed(1)];
    return html`<rect x="${x}" y="${y}" width="${(step * 0.8).toFixed(1)}" height="${tall.toFixed(1)}"><title>${count}</title></rect>`;
  });
  return html`<svg class="text-primary mw-100 h-auto" fill="currentColor" role="img" aria-label="articles a day: ${counts.join(", ")}" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">${drawn}</svg>`;
}

/** The unit of the values. It determines how the server and the script format them. */
export type ChartUnit = "count" | "seconds" | "bytes" | "share";

export interface Chart {
  title: string;
  /** `range` draws the first column as bars, in front of a band between the other two columns. */
  kind: "bars" | "lines" | "range";
  unit: ChartUnit;
  columns: readonly string[];
  /** `at` is an instant or a day, `name` its label if it differs; an unknown value is null. */
  rows: readonly { at: string; name?: string; values: readonly (number | null)[] }[];
}

/** Returns a table, from which the script `charts.js` draws a chart. */
export function chart({ title, kind, unit, columns, rows }: Chart): Html {
  const lines = rows.map(
    ({ at, name = at, values }) =>
      html`<tr><th scope="row"><time datetime="${at}">${name}</time></th>${values.map((value) => measure(value, unit))}</tr>\n`,
  );
  return html`<figure class="chart m-0" data-kind="${kind}" data-unit="${unit}" aria-label="${title}"><details><summary class="text-secondary">As a table</summary><div class="table-responsive" tabindex="0" role="region" aria-label="${title}"><table class="table table-sm">
<thead><tr><th scope="col">Time</th>${columns.map((column) => html`<th scope="col" class="n">${column}</th>`)}</tr></thead>
<tbody>${lines}</tbody></table></div></details></figure>`;
}

/** Returns a table cell. Scripts sort rows and draw charts by its `data-value`. */
export function measure(value: number | null | undefined, unit: ChartUnit): Html {
  if (value === null || value === undefined) return html`<td class="n">&ndash;</td>`;
  return html`<td class="n" data-value="${value}">${UNIT_TEXTS[unit](value)}</td>`;
}

const UNIT_TEXTS = {
  count: String,
  seconds: spanText,
  bytes: sizeText,
  share: (share: number) => `${(share * 100).toFixed(1)} %`,
} as const satisfies Record<ChartUnit, (value: number) => string>;

const MAX_ROWS = 20;

/** Returns a table that compares the first 20 items by one number. */
export function comparison(
  title: string,
  bars: readonly { name: string; value: number }[],
  unit: ChartUnit,
): Html {
  const most = Math.max(1e-9, ...bars.map(({ value }) => value));
  const rows = bars
    .slice(0, MAX_ROWS)
    .map(
      ({ name, value }) =>
        html`<tr><th scope="row" class="w-25 fw-normal"><bdi>${name}</bdi></th><td><progress class="progress progress-sm d-block" value="${value}" max="${most}" aria-label="${name}">${UNIT_TEXTS[unit](value)}</progress></td><td class="n w-1">${UNIT_TEXTS[unit](value)}</td></tr>\n`,
    );
  return html`<div class="table-responsive" tabindex="0" role="region" aria-label="${title}"><table class="table table-sm table-vcenter compared"><tbody>${rows}</tbody></table></div>`;
}

/** Returns every day from one day to another, both included. */
export function daysBetween(from: string, to: string): string[] {
  const days: string[] = [];
  for (let at = Date.parse(from); at <= Date.parse(to); at += 86_400_000) {
    days.push(new Date(at).toISOString().slice(0, 10));
  }
  return days;
}

/** Formats a duration in seconds: `42 s`, `12 min`, `5.5 h`, `3 d`. */
export function spanText(seconds: number): string {
  const units = [
    ["s", 1, 90],
    ["min", 60, 90 * 60],
    ["h", 3600, 48 * 3600],
    ["d", 86_400, Infinity],
  ] as const;
  const [unit, size] = units.find(([, , most]) => seconds < most) ?? units[3];
  return `${Number((seconds / size).toPrecision(2))} ${unit}`;
}

/** Formats a number of bytes: `512 B`, `3.4 MB`. */
export function sizeText(bytes: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  const power = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(1, bytes)) / 3));
  return `${Number((bytes / 1000 ** power).toPrecision(3))} ${units[power]}`;
}
