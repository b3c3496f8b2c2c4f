import { type Html, html } from "../../lib/html.ts";
import { getDays } from "../../store/publish/days.ts";
import type { Store } from "../../store/store.ts";
import { type Edition, pathIn } from "./edition.ts";
import { shiftDay } from "./snapshot.ts";

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

/**
 * Returns a heading for a `YYYY-MM-DD`, such as `Monday, 23 November 2026`. If `today` is given,
 * the heading of that day and of the day before has `Today` or `Yesterday` instead of the weekday.
 */
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

/** A longer gap ends the links, because otherwise search engines would follow them through empty years. */
const MAX_GAP_DAYS = 7;

/**
 * Returns links to the nearest days with articles before and after a day; not to days after
 * `today`. The links' paths begin with `path`.
 */
export async function dayLinks(
  store: Store,
  edition: Edition,
  path: string,
  { day, today }: { day: string; today: string },
): Promise<Html> {
  const distances = Array.from({ length: MAX_GAP_DAYS }, (_, n) => n + 1);
  const before = distances.map((days) => shiftDay(day, -days));
  const after = distances.map((days) => shiftDay(day, days)).filter((id) => id <= today);
  const days = await getDays(store, [...before, ...after]);
  const linkTo = (ids: string[]) => {
    const to = ids.find((id) => days(id).articles > 0);
    return (
      to !== undefined &&
      html`<a href="${pathIn(edition, `${path}/${to}`)}">${longDate(edition, "UTC", new Date(`${to}T12:00:00Z`))}</a>`
    );
  };
  return html`<nav class="pager" aria-label="${edition.messages.days}">${linkTo(before) || html`<span></span>`}${linkTo(after)}</nav>`;
}
