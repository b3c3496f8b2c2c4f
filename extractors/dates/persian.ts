import { DAY_MS } from "../../lib/time.ts";

/** Months of the solar Hijri calendar, as Iran and Afghanistan write them. */
const MONTHS = "فروردین اردیبهشت خرداد تیر مرداد شهریور مهر آبان آذر دی بهمن اسفند".split(" ");

/** A date in running text: day, month's name, year of the solar Hijri calendar. */
export const PERSIAN_DATE = new RegExp(
  String.raw`(?<!\d)(\d{1,2})\s+(${MONTHS.join("|")})\s*(?:ماه)?\s*،?\s*(1[34]\d{2})(?!\d)`,
  "gu",
);

const calendar = new Intl.DateTimeFormat("en-u-ca-persian-nu-latn", {
  timeZone: "UTC",
  year: "numeric",
  month: "numeric",
  day: "numeric",
});

/** The Gregorian year, month and day of a solar Hijri date; null where its month isn't one or has no such day. */
export function fromPersian(
  year: number,
  month: string,
  day: number,
): [number, number, number] | null {
  const wanted = MONTHS.indexOf(month) + 1;
  if (wanted === 0) return null;
  // The year begins on 20, 21 or 22 March; its first six months have 31 days, the others 30.
  const passed = (wanted - 1) * 30 + Math.min(wanted - 1, 6) + day - 1;
  const guess = Date.UTC(year + 621, 2, 21) + passed * DAY_MS;
  for (const at of [guess, guess - DAY_MS, guess + DAY_MS]) {
    const shown = Object.fromEntries(
      calendar.formatToParts(at).map(({ type, value }) => [type, Number.parseInt(value, 10)]),
    );
    if (shown["month"] === wanted && shown["day"] === day) {
      const date = new Date(at);
      return [date.getUTCFullYear(), date.getUTCMonth() + 1, date.getUTCDate()];
    }
  }
  return null;
}
