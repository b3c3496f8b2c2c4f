import { type Html, html } from "../../../lib/html.ts";
import { ticksTo } from "./axis.ts";

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

const [WIDTH, HEIGHT] = [720, 260];
const [LEFT, RIGHT, TOP, BOTTOM] = [60, 8, 10, 26];
/** Days that are written below the plot. */
const NAMED = 6;

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
  const every = Math.max(1, Math.ceil(days.length / NAMED));
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
