import { type Html, html } from "../../lib/html.ts";
import { shiftDay } from "../snapshot.ts";

const formats = new Map<string, Intl.DateTimeFormat>();

function format(zone: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = zone + JSON.stringify(options);
  const known =
    formats.get(key) ?? new Intl.DateTimeFormat("en-GB", { timeZone: zone, ...options });
  formats.set(key, known);
  return known;
}

/** `14:05` in the zone. */
export function clock(zone: string, at: Date): string {
  return format(zone, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).format(at);
}

/** `25 November 2026` in the zone. */
export function longDate(zone: string, at: Date): string {
  return format(zone, { day: "numeric", month: "long", year: "numeric" }).format(at);
}

/** `Wednesday, 25 November 2026` of a `YYYY-MM-DD`, with `Today` or `Yesterday` before it. */
export function dayTitle(day: string, today: string): string {
  const at = new Date(`${day}T12:00:00Z`);
  const weekday = format("UTC", { weekday: "long" }).format(at);
  const name = `${weekday}, ${longDate("UTC", at)}`;
  if (day === today) return `Today, ${name}`;
  return day === shiftDay(today, -1) ? `Yesterday, ${name}` : name;
}

/** A `<time>` element that says a date, with the time of day where it is known. */
export function timeElement(zone: string, at: Date, precise: boolean): Html {
  const date = longDate(zone, at);
  const text = precise ? `${date}, ${clock(zone, at)}` : date;
  return html`<time datetime="${at.toISOString()}">${text}</time>`;
}

/** Links to the days before and after. */
export function dayLinks(day: string, today: string): Html {
  const [before, after] = [shiftDay(day, -1), shiftDay(day, 1)];
  const link = (to: string) =>
    html`<a href="/day/${to}">${longDate("UTC", new Date(`${to}T12:00:00Z`))}</a>`;
  return html`<nav class="pager" aria-label="Days">${link(before)}${after <= today && link(after)}</nav>`;
}
