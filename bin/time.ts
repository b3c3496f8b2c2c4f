import { loadConfig, processEnv } from "../config/env.ts";
import { CommandError } from "../lib/exit.ts";
import { dayIn } from "../lib/time.ts";
import {
  LATER_FORMS,
  parseTimeSpan,
  TIME_FORMS,
  type TimeReading,
  type TimeSpan,
} from "../lib/time-expression.ts";
import { EPOCH } from "../store/store.ts";

/**
 * Parses the value of an option as a time. A relative time is in the past; a day, month or year
 * means its first moment.
 */
export function timeOf(option: string, text: string, now: Date): Date {
  return readSpan(option, text, now).start;
}

/** Parses the value of an option as a time. A relative time is in the future. */
export function timeAhead(option: string, text: string, now: Date): Date {
  return readSpan(option, text, now, { direction: "future" }).start;
}

/** Parses the value of an option as a time. Throws a usage error if it isn't in the future. */
export function laterTime(option: string, text: string): Date {
  const now = new Date();
  const start = timeAhead(option, text, now);
  if (start <= now) throw new CommandError("usage", `${option} ${text} is in the past`);
  return start;
}

/**
 * Parses the value of an option as a day (`YYYY-MM-DD`) in the portal's time zone. For a month or
 * year, returns its first or last day, as `which` says.
 */
export function dayOf(option: string, text: string, which: "first" | "last"): string {
  const { timezone: timeZone } = loadConfig(processEnv());
  const { start, end } = readSpan(option, text, new Date(), { timeZone });
  const last = end > start ? new Date(end.getTime() - 1) : end;
  return dayIn(timeZone, which === "first" ? start : last);
}

/**
 * Returns a stream position in the API's format. A time becomes ISO 8601; everything else stays
 * unchanged.
 */
export function pointOf(from: string): string {
  return parseTimeSpan(from, new Date())?.start.toISOString() ?? from;
}

const CLOCK_TOLERANCE_MS = 3_600_000;

/**
 * Returns the time span of `--since` and `--until`. If `--until` is a day, month or year, the whole
 * period is included. Without `--since`, the span starts in 1970; without `--until`, it ends an
 * hour from now, because other clocks can be ahead.
 */
export function spanOf(
  { since, until }: { since?: string | undefined; until?: string | undefined },
  now: Date,
): { since: Date; until: Date } {
  const span = {
    since: since ? timeOf("--since", since, now) : EPOCH,
    until: until
      ? readSpan("--until", until, now).end
      : new Date(now.getTime() + CLOCK_TOLERANCE_MS),
  };
  if (span.since >= span.until) throw new CommandError("usage", "--since is not before --until");
  return span;
}

/** A day without a zone is a UTC day unless `reading` names a zone. */
function readSpan(option: string, text: string, now: Date, reading: TimeReading = {}): TimeSpan {
  const span = parseTimeSpan(text, now, reading);
  if (span) return span;
  const forms = reading.direction === "future" ? LATER_FORMS : TIME_FORMS;
  throw new CommandError("usage", `${option} ${text}: write ${forms}`);
}
