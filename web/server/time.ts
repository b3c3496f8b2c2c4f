import { type Html, html, type Part } from "../../lib/html.ts";
import { shiftDay } from "../../lib/time.ts";
import type { NeighbouringDays } from "../../store/publish/days.ts";
import { type Edition, pathIn } from "./edition.ts";

const formats = new Map<string, Intl.DateTimeFormat>();

function format(
  { locale }: Edition,
  zone: string,
  options: Intl.DateTimeFormatOptions,
): Intl.DateTimeFormat {
  const key = locale + zone + JSON.stringify(options);
  const known = formats.get(key) ?? new Intl.DateTimeFormat(locale, { timeZone: zone, ...options });
  formats.set(key, known);
  return known;
}

function clock(edition: Edition, zone: string, at: Date): string {
  return format(edition, zone, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).format(at);
}

/** Returns a date in the time zone, such as `25 November 2026`. */
export function longDate(edition: Edition, zone: string, at: Date): string {
  return format(edition, zone, { day: "numeric", month: "long", year: "numeric" }).format(at);
}

/** Returns a heading like `Monday, 23 November 2026`, or with `Today` or `Yesterday`. */
export function dayTitle(edition: Edition, day: string, today: string | null): string {
  const at = new Date(`${day}T12:00:00Z`);
  const date = longDate(edition, "UTC", at);
  if (today !== null && day === today) return `${edition.messages.today}, ${date}`;
  if (today !== null && day === shiftDay(today, -1))
    return `${edition.messages.yesterday}, ${date}`;
  return `${format(edition, "UTC", { weekday: "long" }).format(at)}, ${date}`;
}

export function timeElement(edition: Edition, zone: string, at: Date, precise: boolean): Html {
  const date = longDate(edition, zone, at);
  const text = precise ? `${date}, ${clock(edition, zone, at)}` : date;
  return html`<time datetime="${at.toISOString()}">${text}</time>`;
}

/** Returns links to neighbouring days. The links' paths begin with `path`. */
export function dayLinks(
  edition: Edition,
  path: string,
  { before, after }: NeighbouringDays,
): Part {
  const link = (to: string) =>
    html`<a href="${pathIn(edition, `${path}/${to}`)}">${longDate(edition, "UTC", new Date(`${to}T12:00:00Z`))}</a>`;
  if (before === null && after === null) return null;
  return html`<nav class="pager" aria-label="${edition.messages.days}">${before === null ? html`<span></span>` : link(before)}${after !== null && link(after)}</nav>`;
}
