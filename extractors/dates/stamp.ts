import { hasDayFirst } from "../../lib/date-order.ts";
import type { Page } from "../page.ts";

/** A date as a page states it. If the page states only a day, `at` is midnight UTC. */
export interface Stamp {
  at: Date;
  precision: "day" | "instant" | "assumed-zone";
  /** The stated offset in minutes east of UTC; null if the page states none. */
  offset: number | null;
}

/** A time of day. `offset` is the stated zone in minutes east of UTC; null if none is stated. */
export interface Clock {
  hour: number;
  minute: number;
  second: number;
  offset: number | null;
}

export interface Reading {
  /** Whether `3/4/2020` is 3 April. */
  dayFirst: boolean;
  /** IANA time zone for times without a stated zone. */
  timezone: string;
  /** The page's language. It affects names of months, and whether a two-digit year is first. */
  language?: string | null;
}

/** Returns a stamp; null if the day or time doesn't exist, or the year isn't 1900 to 2200. */
export function stampOf(
  year: number,
  month: number,
  day: number,
  clock: Clock | null,
  timezone: string,
): Stamp | null {
  if (year < 1900 || year > 2200 || month < 1 || month > 12 || day < 1) return null;
  if (day > new Date(Date.UTC(year, month, 0)).getUTCDate()) return null;
  if (!clock) {
    const midnight = Date.UTC(year, month - 1, day);
    return { at: new Date(midnight), precision: "day", offset: null };
  }
  if (clock.hour > 23 || clock.minute > 59 || clock.second > 60) return null;
  const local = Date.UTC(year, month - 1, day, clock.hour, clock.minute, clock.second);
  if (clock.offset !== null) {
    return {
      at: new Date(local - clock.offset * 60_000),
      precision: "instant",
      offset: clock.offset,
    };
  }
  return {
    at: new Date(local - offsetAt(timezone, local) * 60_000),
    precision: "assumed-zone",
    offset: null,
  };
}

const formatters = new Map<string, Intl.DateTimeFormat>();

/** Returns minutes east of UTC. `local` is the local time in ms, as if it were in UTC. */
function offsetAt(timezone: string, local: number): number {
  if (timezone === "UTC") return 0;
  let format = formatters.get(timezone);
  if (!format) {
    format = new Intl.DateTimeFormat("en-US", {
      timeZone: timezone,
      hourCycle: "h23",
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "numeric",
      minute: "numeric",
    });
    formatters.set(timezone, format);
  }
  const clock = format;
  const shown = (instant: number) => {
    const parts: Record<string, number> = {};
    for (const { type, value } of clock.formatToParts(instant)) parts[type] = Number(value);
    const { year = 0, month = 1, day = 1, hour = 0, minute = 0 } = parts;
    return (
      (Date.UTC(year, month - 1, day, hour, minute) - Math.floor(instant / 60_000) * 60_000) /
      60_000
    );
  };
  return shown(local - shown(local) * 60_000);
}

const two = (value: number) => String(Math.floor(value)).padStart(2, "0");

/**
 * Returns ISO 8601: `YYYY-MM-DD` for a day, otherwise the time with its stated offset. Without a
 * stated offset, the result is local time in `timezone`, without an offset.
 */
export function isoOf(stamp: Stamp, timezone = "UTC"): string {
  if (stamp.precision === "day") return stamp.at.toISOString().slice(0, 10);
  const offset = stamp.offset ?? offsetAt(timezone, stamp.at.getTime());
  const local = new Date(stamp.at.getTime() + offset * 60_000).toISOString().slice(0, 19);
  if (stamp.precision === "assumed-zone") return local;
  if (offset === 0) return `${local}Z`;
  const size = Math.abs(offset);
  return `${local}${offset < 0 ? "-" : "+"}${two(size / 60)}:${two(size % 60)}`;
}

/** Returns how to read ambiguous dates of a page, by its domain and language. */
export function readingOf(page: Page, language: string | null, timezone = "UTC"): Reading {
  const host = URL.canParse(page.url) ? new URL(page.url).hostname : "";
  const html = page.tags("html")[0]?.attribs ?? {};
  const stated = html["lang"] ?? html["xml:lang"] ?? language ?? "";
  const tag = stated.toLowerCase().replaceAll("_", "-");
  const isForeign = language !== null && !/^en\b/i.test(language);
  const dayFirst = isForeign || hasDayFirst(host, tag);
  // The region decides whether a short year comes first in Chinese.
  const isTagged = isForeign && tag.startsWith(language.toLowerCase());
  return { dayFirst, timezone, language: isTagged ? tag : language };
}
