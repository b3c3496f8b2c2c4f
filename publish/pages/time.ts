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

/** `Monday, 23 November 2026` of a `YYYY-MM-DD`; `Today` or `Yesterday` stand for their weekday. */
export function dayTitle(day: string, today: string): string {
  const at = new Date(`${day}T12:00:00Z`);
  const date = longDate("UTC", at);
  if (day === today) return `Today, ${date}`;
  if (day === shiftDay(today, -1)) return `Yesterday, ${date}`;
  return `${format("UTC", { weekday: "long" }).format(at)}, ${date}`;
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
  return html`<nav class="pager" aria-label="Days">${dayLink(before)}${after <= today && dayLink(after)}</nav>`;
}

function dayLink(day: string): Html {
  return html`<a href="/day/${day}">${longDate("UTC", new Date(`${day}T12:00:00Z`))}</a>`;
}
