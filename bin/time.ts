import { parseDuration } from "../lib/time.ts";
import { EPOCH } from "../store/store.ts";
import { CommandError } from "./exit.ts";

/** The time that an option names: a date, or how far back. */
export function timeOf(option: string, text: string, now: Date): Date {
  const date = new Date(text);
  if (/^\d{4}-/.test(text) && !Number.isNaN(date.getTime())) return date;
  try {
    return new Date(now.getTime() - parseDuration(text));
  } catch {
    const message = `${option} ${text}: write a date (2026-01-31) or a duration (90d)`;
    throw new CommandError("usage", message);
  }
}

/** The time in the future that an option names: a date, or in how long. */
export function laterTime(option: string, text: string): Date {
  const now = new Date();
  const back = timeOf(option, text, now);
  const at = /^\d{4}-/.test(text) ? back : new Date(2 * now.getTime() - back.getTime());
  if (at <= now) throw new CommandError("usage", `${option} ${text} is in the past`);
  return at;
}

/** Room for clocks that are ahead, ms. */
const AHEAD = 3_600_000;

/** The span that `--since` and `--until` name; without them all of the time until now. */
export function spanOf(
  { since, until }: { since?: string | undefined; until?: string | undefined },
  now: Date,
): { since: Date; until: Date } {
  const span = {
    since: since ? timeOf("--since", since, now) : EPOCH,
    until: until ? timeOf("--until", until, now) : new Date(now.getTime() + AHEAD),
  };
  if (span.since >= span.until) throw new CommandError("usage", "--since is not before --until");
  return span;
}
