import { MINUTE_MS } from "../../lib/time.ts";

/** Numbers of one minute. */
export const PER_MINUTE = 4096;
/** Above every minute of the calendar, times PER_MINUTE. */
const END = 2 ** 42;

/** The first number of the minute that a time lies in: the later the time, the smaller the number. */
export function firstNumber(time: Date): number {
  return END - Math.floor(time.getTime() / MINUTE_MS) * PER_MINUTE;
}

/** The numbers of a span of time, to the minute, both inclusive; null: no bound. */
export function numbersOf(since: Date | null, until: Date | null): { from: number; to: number } {
  const last = until && new Date(until.getTime() - 1);
  return {
    from: last ? firstNumber(last) : 0,
    to: since ? firstNumber(since) + PER_MINUTE - 1 : Number.MAX_SAFE_INTEGER,
  };
}
