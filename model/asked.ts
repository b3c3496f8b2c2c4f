import { z } from "zod";
import { ProblemError } from "./problem.ts";

/** First and last day that may be asked for: the days around them have years of four digits too, as the store and addresses need. */
const FIRST_DAY = "1000-01-01";
const LAST_DAY = "9998-12-31";
const RANGE = `write a date from ${FIRST_DAY} to ${LAST_DAY}`;

/** Whether a time can be asked for. */
export function isAskable(at: Date): boolean {
  // An invalid date is in no range.
  return at >= new Date(FIRST_DAY) && at <= new Date(LAST_DAY);
}

/** A day as requests name it, `YYYY-MM-DD`. */
export const Day = z.iso.date().refine((day) => isAskable(new Date(day)), RANGE);

/** A date-time with its zone, or a date, which is its first moment in UTC. */
export const Moment = z
  .union([z.iso.datetime({ offset: true }), z.iso.date()])
  .transform((text) => new Date(text))
  .refine(isAskable, RANGE);

/** The same as a form sends it, where a date-time without a zone is UTC. */
export const FormMoment = z
  .union([z.iso.datetime({ offset: true, local: true }), z.iso.date()], {
    error: "write a date or date-time",
  })
  .transform((text) => new Date(/T[\d:.]+$/.test(text) ? `${text}Z` : text))
  .refine(isAskable, RANGE);

/** A time in whatever form `Date` reads. */
export const AnyMoment = z.coerce.date().refine(isAskable, RANGE);

/** What was asked for as it is meant to be; throws a 400 problem that names what is wrong. */
export function checked<T extends z.ZodType>(
  schema: T,
  asked: unknown,
  code = "invalid-request",
): z.output<T> {
  const read = schema.safeParse(asked);
  if (read.success) return read.data;
  throw new ProblemError(400, code, z.prettifyError(read.error));
}
