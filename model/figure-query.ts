import { z } from "zod";
import { DAY_MS } from "../lib/time.ts";
import { Day } from "./asked.ts";
import { FIGURE_ROWS, type FigureName, type FigureQuery, ROWS_OF } from "./figure-table.ts";
import { ProblemError } from "./problem.ts";

/** Days that are told without being asked for, and at most. */
const USUAL = 30;
const MOST = 1000;

/** What may be asked of a figure, as it comes from an address or a command line. */
export const FigureWish = z.object({
  rows: z.enum(FIGURE_ROWS).optional().describe("What a row is of; without: what tells most"),
  from: Day.optional().describe("First day, in the portal's time zone; without: 30 days"),
  to: Day.optional().describe("Last day, itself included; without: today"),
  top: z.coerce
    .number()
    .int()
    .min(1)
    .max(1000)
    .default(50)
    .describe("Sources, keys or pairs at most, those with most articles first"),
});
export type FigureWish = z.infer<typeof FigureWish>;

/** What is asked, made whole; throws a 400 problem where a figure has no such rows, or the span is wrong. */
export function figureQuery(name: FigureName, wish: FigureWish, today: string): FigureQuery {
  const { to = today, from = daysBefore(to, USUAL - 1), top } = wish;
  const [usual = "total", ...others] = ROWS_OF[name];
  const { rows = usual } = wish;
  if (rows !== usual && !others.includes(rows)) {
    throw new ProblemError(400, "bad-request", `${name} has rows of: ${ROWS_OF[name].join(", ")}.`);
  }
  if (from > to || from < daysBefore(to, MOST - 1)) {
    throw new ProblemError(400, "bad-request", `From ${from} to ${to}: ask for 1 to ${MOST} days.`);
  }
  return { name, rows, from, to, top };
}

function daysBefore(day: string, days: number): string {
  return new Date(Date.parse(day) - days * DAY_MS).toISOString().slice(0, 10);
}
