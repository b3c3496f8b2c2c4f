import { MINUTE_MS } from "../../lib/time.ts";

const DAY_MINUTES = 1440;
const DAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

interface Hours {
  /** Hours without runs, such as `22:00-06:00`; none if missing. */
  quiet?: string | undefined;
  /** Hours for runs, such as `Mon-Fri 06:00-22:00`; all hours if missing. */
  windows?: readonly string[] | undefined;
  /** An IANA time zone. */
  timezone: string;
}

/** Returns `at`, or the end (in local time) of the quiet hours that contain `at`. */
export function afterQuiet(at: Date, hours: Hours): Date {
  const [start, end] = parseHours(hours.quiet ?? "");
  if (start === end || !isQuiet(at, hours)) return at;
  const whole = Math.floor(at.getTime() / MINUTE_MS) * MINUTE_MS;
  const wait = (end - wallClock(at, hours.timezone).minute + DAY_MINUTES) % DAY_MINUTES;
  const guess = new Date(whole + wait * MINUTE_MS);
  if (wallClock(guess, hours.timezone).minute === end) return guess;
  // The clocks change in between and can even skip the end, so search minute by minute.
  let minute = whole;
  while (isQuiet(new Date(minute), hours)) minute += MINUTE_MS;
  return new Date(minute);
}

export function isQuiet(at: Date, hours: Hours): boolean {
  const [start, end] = parseHours(hours.quiet ?? "");
  if (start === end) return false;
  const minute = wallClock(at, hours.timezone).minute;
  return start <= end ? minute >= start && minute < end : minute >= start || minute < end;
}

/** Returns the time itself, or the start of the next window if the time is outside all windows. */
export function afterClosed(at: Date, hours: Hours): Date {
  if (isOpen(at, hours)) return at;
  const { day, minute } = wallClock(at, hours.timezone);
  const waits = (hours.windows ?? [])
    .map(parseWindow)
    .flatMap(({ days, start }) =>
      Array.from({ length: 9 }, (_, ahead) => ahead)
        .filter((ahead) => days.has((day + ahead) % 7))
        .map((ahead) => ahead * DAY_MINUTES + start - minute),
    )
    .filter((wait) => wait > 0)
    .toSorted((a, b) => a - b);
  const whole = Math.floor(at.getTime() / MINUTE_MS) * MINUTE_MS;
  for (const wait of waits) {
    // The clocks can change in between, by up to an hour.
    for (const shift of [-60, -30, 0, 30, 60]) {
      const guess = new Date(whole + (wait + shift) * MINUTE_MS);
      if (guess > at && isOpen(guess, hours)) return guess;
    }
  }
  return at;
}

/** Whether a time is in a window; true if there are no windows. */
export function isOpen(at: Date, { windows, timezone }: Hours): boolean {
  if (!windows || windows.length === 0) return true;
  const { day, minute } = wallClock(at, timezone);
  return windows.map(parseWindow).some(({ days, start, end }) => {
    if (start < end) return days.has(day) && minute >= start && minute < end;
    return (days.has(day) && minute >= start) || (days.has((day + 6) % 7) && minute < end);
  });
}

interface Window {
  days: ReadonlySet<number>;
  /** Minutes after midnight. If `end` isn't later than `start`, the window ends on the next day. */
  start: number;
  end: number;
}

const parsed = new Map<string, Window>();

function parseWindow(text: string): Window {
  const known = parsed.get(text);
  if (known) return known;
  const [clock = "", days = "Mon-Sun"] = text.split(" ").toReversed();
  const [start, end] = parseHours(clock);
  const window = { days: new Set(days.split(",").flatMap(daysOf)), start, end };
  parsed.set(text, window);
  return window;
}

function parseHours(hours: string): [start: number, end: number] {
  const [start = 0, end = 0] = hours.split("-").map((clock) => {
    const [hour = 0, minute = 0] = clock.split(":").map(Number);
    return hour * 60 + minute;
  });
  return [start, end];
}

function daysOf(range: string): number[] {
  const [first = 0, last = first] = range.split("-").map((name) => DAYS.indexOf(name));
  return Array.from({ length: ((last - first + 7) % 7) + 1 }, (_, n) => (first + n) % 7);
}

const formats = new Map<string, Intl.DateTimeFormat>();

function wallClock(at: Date, timeZone: string): { day: number; minute: number } {
  let format = formats.get(timeZone);
  if (!format) {
    const shape = { weekday: "short", hour: "2-digit", minute: "2-digit" } as const;
    format = new Intl.DateTimeFormat("en-GB", { ...shape, hourCycle: "h23", timeZone });
    formats.set(timeZone, format);
  }
  const parts = Object.fromEntries(
    format.formatToParts(at).map(({ type, value }) => [type, value]),
  );
  const { weekday = "Mon", hour, minute } = parts;
  return { day: DAYS.indexOf(weekday), minute: Number(hour) * 60 + Number(minute) };
}
