import { MINUTE_MS } from "../../lib/time.ts";

const DAY_MINUTES = 1440;

/** Hours without runs, e.g. `22:00-06:00`, in an IANA time zone. */
export interface QuietHours {
  quiet?: string | undefined;
  timezone: string;
}

/**
 * The instant itself, or the end of the quiet hours that it falls into. Hours are those of the clock
 * on the wall: they may pass midnight and grow or shrink by an hour when the clocks change.
 */
export function afterQuiet(at: Date, hours: QuietHours): Date {
  const [start, end] = bounds(hours.quiet);
  if (start === end || !isQuiet(at, hours)) return at;
  const whole = Math.floor(at.getTime() / MINUTE_MS) * MINUTE_MS;
  const wait = (end - minuteOfDay(at, hours.timezone) + DAY_MINUTES) % DAY_MINUTES;
  const guess = new Date(whole + wait * MINUTE_MS);
  if (minuteOfDay(guess, hours.timezone) === end) return guess;
  // The clocks change in between, and may even skip the end: look minute by minute.
  let minute = whole;
  while (isQuiet(new Date(minute), hours)) minute += MINUTE_MS;
  return new Date(minute);
}

/** Whether an instant falls into the quiet hours. */
export function isQuiet(at: Date, hours: QuietHours): boolean {
  const [start, end] = bounds(hours.quiet);
  if (start === end) return false;
  const minute = minuteOfDay(at, hours.timezone);
  return start <= end ? minute >= start && minute < end : minute >= start || minute < end;
}

function bounds(quiet: string | undefined): [start: number, end: number] {
  const [start = 0, end = 0] = (quiet ?? "00:00-00:00").split("-").map((clock) => {
    const [hour, minute] = clock.split(":").map(Number);
    return (hour ?? 0) * 60 + (minute ?? 0);
  });
  return [start, end];
}

const formats = new Map<string, Intl.DateTimeFormat>();

function minuteOfDay(at: Date, timeZone: string): number {
  let format = formats.get(timeZone);
  if (!format) {
    const clock = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" } as const;
    format = new Intl.DateTimeFormat("en-GB", { ...clock, timeZone });
    formats.set(timeZone, format);
  }
  const [hour, minute] = format.format(at).split(":").map(Number);
  return (hour ?? 0) * 60 + (minute ?? 0);
}
