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

/** The time that an option names, in the past where it is a distance; of a day, month or year its first moment. */
export function timeOf(option: string, text: string, now: Date): Date {
  return readSpan(option, text, now).start;
}

/** The time that an option names, in the future where it is a distance. */
export function timeAhead(option: string, text: string, now: Date): Date {
  return readSpan(option, text, now, { direction: "future" }).start;
}

/** The time that an option names; it has to lie in the future. */
export function laterTime(option: string, text: string): Date {
  const now = new Date();
  const start = timeAhead(option, text, now);
  if (start <= now) throw new CommandError("usage", `${option} ${text} is in the past`);
  return start;
}

/** The day that an option names, in the portal's time zone, as `YYYY-MM-DD`: of a month or year its first or last one. */
export function dayOf(option: string, text: string, which: "first" | "last"): string {
  const { timezone: timeZone } = loadConfig(processEnv());
  const { start, end } = readSpan(option, text, new Date(), { timeZone });
  const last = end > start ? new Date(end.getTime() - 1) : end;
  return dayIn(timeZone, which === "first" ? start : last);
}

/** A point of the stream as the API takes it: what is a time becomes one in ISO 8601, the rest stays. */
export function pointOf(from: string): string {
  return parseTimeSpan(from, new Date())?.start.toISOString() ?? from;
}

/** Room for clocks that are ahead, ms. */
const CLOCK_TOLERANCE_MS = 3_600_000;

/** The span that `--since` and `--until` name, a day, month or year of `--until` included; without them all of the time until now. */
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

/** Days without a zone are UTC days, in tables and in the API. */
function readSpan(option: string, text: string, now: Date, reading: TimeReading = {}): TimeSpan {
  const span = parseTimeSpan(text, now, reading);
  if (span) return span;
  const forms = reading.direction === "future" ? LATER_FORMS : TIME_FORMS;
  throw new CommandError("usage", `${option} ${text}: write ${forms}`);
}
