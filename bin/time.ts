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

/** Parses an option as a time. `7d` is 7 days ago; a day, month or year means its first moment. */
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
 * Parses an option as a day (`YYYY-MM-DD`) in the portal's time zone. For a month or year, `which`
 * selects its first or last day.
 */
export function dayOf(option: string, text: string, which: "first" | "last"): string {
  const { timezone: timeZone } = loadConfig(processEnv());
  const { start, end } = readSpan(option, text, new Date(), { timeZone });
  const last = end > start ? new Date(end.getTime() - 1) : end;
  return dayIn(timeZone, which === "first" ? start : last);
}

export function pointOf(from: string): string {
  return parseTimeSpan(from, new Date())?.start.toISOString() ?? from;
}

const CLOCK_TOLERANCE_MS = 3_600_000;

/**
 * Returns the span of `--since` and `--until`, including the period that `--until` names. Without
 * `--until`, the span ends an hour from now.
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

function readSpan(option: string, text: string, now: Date, reading: TimeReading = {}): TimeSpan {
  const span = parseTimeSpan(text, now, reading);
  if (span) return span;
  const forms = reading.direction === "future" ? LATER_FORMS : TIME_FORMS;
  throw new CommandError("usage", `${option} ${text}: write ${forms}`);
}
