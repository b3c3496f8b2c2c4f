import { type Html, html } from "../../lib/html.ts";

/** Bars of counts as a picture that needs no style of its own; `label` says what they are, in words. */
export function verticalBars(
  counts: readonly number[],
  { label, width, height }: { label: string; width: number; height: number },
): Html {
  const most = Math.max(1, ...counts);
  const step = width / Math.max(1, counts.length);
  const drawn = counts.map((count, n) => {
    const tall = count === 0 ? 0.5 : Math.max(1.5, (count / most) * height);
    const [x, y] = [(n * step).toFixed(1), (height - tall).toFixed(1)];
    return html`<rect x="${x}" y="${y}" width="${(step * 0.8).toFixed(1)}" height="${tall.toFixed(1)}"><title>${count}</title></rect>`;
  });
  return html`<svg class="bars" role="img" aria-label="${label}" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">${drawn}</svg>`;
}

/** What a plot shows over days; null where nothing is known of one. */
export interface Series {
  name: string;
  values: readonly (number | null)[];
}

/** A plot over days; `about` is it in words, for who doesn't see it. */
export interface OverTime {
  id: string;
  title: string;
  about: string;
  days: readonly string[];
  series: readonly Series[];
  /** Values stand on each other, as bars; else each is a line. */
  stacked: boolean;
  text: (value: number) => string;
}

const WIDTH = 720;
const HEIGHT = 260;
const [LEFT, RIGHT, TOP, BOTTOM] = [60, 8, 10, 26];
/** Days that are written below the plot. */
const MAX_DAY_NAMES = 6;

/** A plot over days as a picture that needs neither script nor a style of its own, with its legend. */
export function overTime(plot: OverTime): Html {
  const { id, title, about, days, series, stacked, text } = plot;
  const tops = days.map((_, n) => {
    const values = series.map(({ values: all }) => all[n] ?? 0);
    return stacked ? values.reduce((sum, value) => sum + value, 0) : Math.max(0, ...values);
  });
  const ticks = ticksTo(Math.max(0, ...tops));
  const most = ticks.at(-1) ?? 1;
  const x = (n: number) => LEFT + ((n + 0.5) / Math.max(1, days.length)) * (WIDTH - LEFT - RIGHT);
  const y = (value: number) => TOP + (1 - value / most) * (HEIGHT - TOP - BOTTOM);
  const grid = ticks.map((tick) => {
    const at = y(tick).toFixed(1);
    return html`<line class="grid" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${at}" y2="${at}"/><text class="end" x="${LEFT - 6}" y="${(y(tick) + 4).toFixed(1)}">${text(tick)}</text>`;
  });
  const every = Math.max(1, Math.ceil(days.length / MAX_DAY_NAMES));
  const names = days.flatMap((day, n) =>
    n % every === 0
      ? html`<text class="mid" x="${x(n).toFixed(1)}" y="${HEIGHT - 6}">${day.slice(5)}</text>`
      : [],
  );
  const drawn = stacked ? barsOf(plot, x, y) : linesOf(plot, x, y);
  return html`<figure class="plot"><svg role="img" aria-labelledby="${id}-t ${id}-d" viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}">
<title id="${id}-t">${title}</title><desc id="${id}-d">${about}</desc>
${grid}${names}${drawn}</svg>
<figcaption><ul>${series.map(({ name }, n) => html`<li><svg class="key" width="22" height="10" aria-hidden="true"><${stacked ? RECT : LINE} class="s${n}"/></svg> ${name}</li>`)}</ul></figcaption></figure>`;
}

const RECT = html`rect width="22" height="10"`;
const LINE = html`line x1="0" x2="22" y1="5" y2="5"`;

type Place = (value: number) => number;

function barsOf({ days, series, text }: OverTime, x: Place, y: Place): Html[] {
  const wide = Math.max(1, ((WIDTH - LEFT - RIGHT) / Math.max(1, days.length)) * 0.8);
  return days.flatMap((day, n) => {
    let below = 0;
    return series.flatMap(({ name, values }, s) => {
      const value = values[n] ?? 0;
      if (value === 0) return [];
      const [from, to] = [below, (below += value)];
      return html`<rect class="s${s}" x="${(x(n) - wide / 2).toFixed(1)}" y="${y(to).toFixed(1)}" width="${wide.toFixed(1)}" height="${(y(from) - y(to)).toFixed(1)}"><title>${day}: ${text(value)} ${name}</title></rect>`;
    });
  });
}

/** A line is broken where nothing is known; a day between two such is a dot. */
function linesOf({ series }: OverTime, x: Place, y: Place): Html[] {
  return series.flatMap(({ values }, s) => {
    const parts: string[][] = [[]];
    for (const [n, value] of values.entries()) {
      if (value === null) parts.push([]);
      else parts.at(-1)?.push(`${x(n).toFixed(1)},${y(value).toFixed(1)}`);
    }
    return parts.flatMap((points) => {
      const [first = "0,0"] = points;
      if (points.length === 0) return [];
      const [cx, cy] = first.split(",");
      return points.length === 1
        ? html`<circle class="s${s}" cx="${cx}" cy="${cy}" r="2.5"/>`
        : html`<polyline class="s${s}" points="${points.join(" ")}"/>`;
    });
  });
}

/** Rows of a plot that are drawn; the table below has all. */
const MAX_ROWS = 20;
const [ROW, LABEL, NUMBER] = [22, 250, 70];
/** Characters that fit beside a bar. */
const MAX_LABEL_CHARS = 34;

/** A bar for each row, the number beside it; `about` is the plot in words. */
export function horizontalBars({
  id,
  title,
  about,
  bars,
  text,
}: {
  id: string;
  title: string;
  about: string;
  bars: readonly { name: string; value: number }[];
  text: (value: number) => string;
}): Html {
  const shown = bars.slice(0, MAX_ROWS);
  const most = Math.max(1e-9, ...shown.map(({ value }) => value));
  const space = WIDTH - LABEL - NUMBER;
  const height = Math.max(1, shown.length) * ROW;
  const drawn = shown.map(({ name, value }, n) => {
    const wide = Math.max(1, (value / most) * space);
    const short = name.length > MAX_LABEL_CHARS ? `${name.slice(0, MAX_LABEL_CHARS - 1)}…` : name;
    const base = n * ROW + 15;
    return html`<text class="end" x="${LABEL - 8}" y="${base}">${short}<title>${name}</title></text><rect class="s0" x="${LABEL}" y="${n * ROW + 3}" width="${wide.toFixed(1)}" height="${ROW - 6}"/><text x="${(LABEL + wide + 6).toFixed(1)}" y="${base}">${text(value)}</text>`;
  });
  return html`<figure class="plot"><svg role="img" aria-labelledby="${id}-t ${id}-d" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}">
<title id="${id}-t">${title}</title><desc id="${id}-d">${about}</desc>
${drawn}</svg></figure>`;
}

/** Round numbers from 0 to at least `most`, about `steps` of them; whole ones where that is more than a few. */
export function ticksTo(most: number, steps = 4): number[] {
  if (most <= 0) return [0, 1];
  const rough = most > 1 ? Math.max(1, most / steps) : most / steps;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((n) => n * power).find((n) => n >= rough) ?? rough;
  const count = Math.ceil(most / step);
  return Array.from({ length: count + 1 }, (_, n) => Number((n * step).toPrecision(12)));
}

/** Every day from one to another, both included. */
export function daysBetween(from: string, to: string): string[] {
  const days: string[] = [];
  for (let at = Date.parse(from); at <= Date.parse(to); at += 86_400_000) {
    days.push(new Date(at).toISOString().slice(0, 10));
  }
  return days;
}

/** A span of seconds as people say it: `42 s`, `12 min`, `5.5 h`, `3 d`. */
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

/** Bytes as people say them: `512 B`, `3.4 MB`. */
export function sizeText(bytes: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  const power = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(1, bytes)) / 3));
  return `${Number((bytes / 1000 ** power).toPrecision(3))} ${units[power]}`;
}
