import { parseDuration } from "../lib/time.ts";
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
