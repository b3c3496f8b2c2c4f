import { z } from "zod";
import { dayIn, shiftDay } from "../lib/time.ts";
import { parseTimeSpan, TIME_FORMS, type TimeSpan } from "../lib/time-expression.ts";
import { ProblemError } from "./problem.ts";

/** Stored dates and URLs need four-digit years. */
const FIRST_DAY = "1000-01-01";
/** The day after this one also needs a four-digit year. */
const LAST_DAY = "9998-12-31";
const RANGE_MESSAGE = `write a date from ${FIRST_DAY} to ${LAST_DAY}`;

/** Whether a time is between the first and the last day that can be requested. */
export function isAskable(at: Date): boolean {
  // An invalid date is outside every range.
  return at >= new Date(FIRST_DAY) && at < new Date(shiftDay(LAST_DAY, 1));
}

export const Day = z.iso.date().refine((day) => isAskable(new Date(day)), RANGE_MESSAGE);

const MAX_TIME_CHARS = 60;

/** A time in a request, such as `7d`, `2026-11` or `2026-11-28T09:30:00Z`. */
export const TimeText = z
  .string()
  .max(MAX_TIME_CHARS)
  .refine((text) => isTime(text), `write a time: ${TIME_FORMS}`);

/** Returns when a validated day, month or year begins, in UTC unless a time zone is given. */
export function firstMomentOf(text: string, now: Date, timeZone?: string): Date {
  return spanIn(text, now, timeZone).start;
}

/** Returns the first moment after a day, month or year; for a moment, the moment itself. */
export function endOf(text: string, now: Date, timeZone?: string): Date {
  return spanIn(text, now, timeZone).end;
}

/** Returns the last moment of a validated day, month or year; for a moment, the moment itself. */
export function lastMomentOf(text: string, now: Date, timeZone?: string): Date {
  const { start, end } = spanIn(text, now, timeZone);
  return end > start ? new Date(end.getTime() - 1) : start;
}

/**
 * Returns the day (`YYYY-MM-DD`) on which a time such as `2026-11` begins or, with `last`, ends.
 */
export function dayOf(
  text: string,
  now: Date,
  { timeZone, last = false }: { timeZone: string; last?: boolean },
): string {
  const moment = last ? lastMomentOf : firstMomentOf;
  return dayIn(timeZone, moment(text, now, timeZone));
}

function spanIn(text: string, now: Date, timeZone: string | undefined): TimeSpan {
  const span = readTime(text, now, timeZone);
  if (span) return span;
  throw new ProblemError(400, "invalid-request", `"${text}" isn't a time; write ${TIME_FORMS}.`);
}

function isTime(text: string): boolean {
  const span = readTime(text, new Date());
  return span !== null && isAskable(span.start);
}

function readTime(text: string, now: Date, timeZone?: string): TimeSpan | null {
  if (text.length > MAX_TIME_CHARS) return null;
  // A `+` in a URL becomes a space.
  return parseTimeSpan(text.replace(/(T.*) (\d\d:?\d\d)$/i, "$1+$2"), now, { timeZone });
}

/** A date or date-time from a form of the admin. Without a time zone it is in UTC. */
export const FormMoment = z
  .union([z.iso.datetime({ offset: true, local: true }), z.iso.date()], {
    error: "write a date or date-time",
  })
  .transform((text) => new Date(/T[\d:.]+$/.test(text) ? `${text}Z` : text))
  .refine(isAskable, RANGE_MESSAGE);

/** A time in any form that `Date` accepts, within the days that can be requested. */
export const AnyMoment = z.coerce.date().refine(isAskable, RANGE_MESSAGE);
