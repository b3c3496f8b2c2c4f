import { DAY_MS, instantOf, parseDuration, wallClockOf } from "./time.ts";

export const TIME_FORMS =
  "e.g. 7d (7 days ago), yesterday, today, 2026-11, 2026-11-28 or 2026-11-28T09:30:00Z (Z means UTC)";

export const LATER_FORMS =
  "e.g. 7d (in 7 days), tomorrow, 2026-12, 2026-12-01 or 2026-12-01T09:30:00Z (Z means UTC)";

/** A time span from `start` to just before `end`; for a moment, `start` equals `end`. */
export interface TimeSpan {
  start: Date;
  end: Date;
}

export interface TimeReading {
  /** The IANA time zone for days and for times without a zone; UTC by default. */
  timeZone?: string | undefined;
  /** Whether `7d` means seven days ago (`past`, the default) or seven days from now (`future`). */
  direction?: "past" | "future" | undefined;
}

const DISTANCE = /^\d{1,9}(?:\.\d{1,3})?(?:ms|s|m|h|d|w)$/;
const DAYS_FROM_TODAY: Record<string, number> = { yesterday: -1, today: 0, tomorrow: 1 };
const DATE = /^(\d{4})(?:-(\d\d)(?:-(\d\d))?)?$/;
const MOMENT =
  /^(?<year>\d{4})-(?<month>\d\d)-(?<day>\d\d)[Tt ](?<hour>\d\d):(?<minute>\d\d)(?::(?<second>\d\d)(?:[.,](?<fraction>\d{1,9}))?)?(?<zone>[Zz]|[+-]\d\d:?\d\d)?$/;

/**
 * Parses a time such as `now`, `90m`, `7d`, `yesterday`, `2026`, `2026-11`, `2026-11-28` or an ISO
 * 8601 time. Null for other text.
 */
export function parseTimeSpan(
  text: string,
  now: Date,
  { timeZone = "UTC", direction = "past" }: TimeReading = {},
): TimeSpan | null {
  const word = text.trim();
  const lower = word.toLowerCase();
  if (lower === "now") return momentAt(now.getTime());
  if (DISTANCE.test(lower)) {
    const distance = parseDuration(lower);
    return momentAt(now.getTime() + (direction === "past" ? -distance : distance));
  }
  const days = Object.hasOwn(DAYS_FROM_TODAY, lower) ? DAYS_FROM_TODAY[lower] : undefined;
  if (days !== undefined) return dayFromToday(days, now, timeZone);
  return parseDate(word, timeZone) ?? parseMoment(word, timeZone);
}

function dayFromToday(days: number, now: Date, timeZone: string): TimeSpan {
  const today = new Date(wallClockOf(now.getTime(), timeZone));
  const [year, month, day] = [today.getUTCFullYear(), today.getUTCMonth(), today.getUTCDate()];
  const first = Date.UTC(year, month, day + days);
  return between(first, first + DAY_MS, timeZone);
}

function parseDate(word: string, timeZone: string): TimeSpan | null {
  const [, year, month, day] = DATE.exec(word) ?? [];
  if (year === undefined) return null;
  const first = dateOf(Number(year), Number(month ?? 1), Number(day ?? 1));
  if (first === null) return null;
  if (day !== undefined) return between(first, first + DAY_MS, timeZone);
  if (month === undefined) return between(first, Date.UTC(Number(year) + 1, 0), timeZone);
  return between(first, Date.UTC(Number(year), Number(month)), timeZone);
}

function parseMoment(word: string, timeZone: string): TimeSpan | null {
  const groups = MOMENT.exec(word)?.groups;
  if (!groups) return null;
  const { year, month, day, hour, minute, second = "0", fraction = "0", zone } = groups;
  const date = dateOf(Number(year), Number(month), Number(day));
  const [h, m, s] = [Number(hour), Number(minute), Number(second)];
  if (date === null || h > 23 || m > 59 || s > 59) return null;
  const wall = date + ((h * 60 + m) * 60 + s) * 1000 + Math.floor(Number(`0.${fraction}`) * 1000);
  if (zone === undefined) return momentAt(instantOf(wall, timeZone));
  const offset = offsetOf(zone);
  return offset === null ? null : momentAt(wall - offset);
}

function dateOf(year: number, month: number, day: number): number | null {
  // `Date.UTC` maps the years 0 to 99 to the 20th century.
  if (year < 1000) return null;
  const time = Date.UTC(year, month - 1, day);
  return new Date(time).getUTCMonth() === month - 1 && day > 0 ? time : null;
}

function offsetOf(zone: string): number | null {
  if (zone.toUpperCase() === "Z") return 0;
  const [hours, minutes] = [Number(zone.slice(1, 3)), Number(zone.slice(-2))];
  if (hours > 23 || minutes > 59) return null;
  return (zone.startsWith("-") ? -1 : 1) * (hours * 60 + minutes) * 60_000;
}

/** Returns when a day (`YYYY-MM-DD`) ends in a time zone. */
export function endOfDay(day: string, timeZone: string): Date {
  return new Date(instantOf(Date.parse(day) + DAY_MS, timeZone));
}

function between(start: number, end: number, timeZone: string): TimeSpan {
  return { start: new Date(instantOf(start, timeZone)), end: new Date(instantOf(end, timeZone)) };
}

function momentAt(time: number): TimeSpan | null {
  const at = new Date(time);
  return Number.isNaN(at.getTime()) ? null : { start: at, end: at };
}
