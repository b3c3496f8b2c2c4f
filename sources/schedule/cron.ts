import { CronExpressionParser } from "cron-parser";
import { DAY_MS, HOUR_MS, MINUTE_MS } from "../../lib/time.ts";

/** Expressions with a time zone whose slots are kept; and days of each, since forecasts of many sources walk the same ones. */
const MAX_CACHED = 2000;
const DAYS = 3;

/** Every slot of an expression from `from` to before `to`, in order. */
interface Span {
  from: number;
  to: number;
  slots: readonly number[];
}

const spans = new Map<string, readonly Span[]>();

/**
 * The first slot of a cron expression after an instant, both in ms. A day's slots are found at once and
 * kept, since a step of `cron-parser` costs a quarter of a millisecond and forecasts take hundreds.
 */
export function slotAfter(cron: string, timezone: string, after: number): number {
  const key = `${timezone} ${cron}`;
  const known = spans.get(key) ?? [];
  for (const { from, slots } of known) {
    const cache = from <= after ? firstAfter(slots, after) : undefined;
    if (cache !== undefined) return cache;
  }
  const span = spanFrom(cron, timezone, after);
  spans.delete(key);
  spans.set(key, [...known, span].slice(-DAYS));
  const [oldest] = spans.keys();
  if (spans.size > MAX_CACHED && oldest !== undefined) spans.delete(oldest);
  return firstAfter(span.slots, after) ?? span.to;
}

function firstAfter(slots: readonly number[], after: number): number | undefined {
  let [low, high] = [0, slots.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((slots[middle] ?? 0) > after) high = middle;
    else low = middle + 1;
  }
  return slots[low];
}

/** The day of the next slot: the parser tells which one it is, its hours and minutes are the expression's. */
function spanFrom(cron: string, timezone: string, after: number): Span {
  const expression = CronExpressionParser.parse(cron, {
    currentDate: new Date(after),
    tz: timezone,
  });
  const first = expression.next().getTime();
  const single = { from: after, to: first, slots: [first] };
  const { hour, minute, second } = expression.fields;
  const offset = offsetAt(timezone, first);
  const start = Math.floor((first + offset) / DAY_MS) * DAY_MS - offset;
  const end = start + DAY_MS;
  // Where clocks change on that day, the parser's steps are the truth.
  const changes = offsetAt(timezone, start) !== offset || offsetAt(timezone, end) !== offset;
  if (changes || second.values.length > 1) return single;
  const slots = hour.values.flatMap((h) =>
    minute.values.map((m) => start + h * HOUR_MS + m * MINUTE_MS),
  );
  return slots.includes(first) ? { from: Math.min(after, start), to: end, slots } : single;
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** How far the clocks of a time zone are ahead of UTC at an instant, ms. */
function offsetAt(timezone: string, at: number): number {
  let format = formats.get(timezone);
  if (!format) {
    format = new Intl.DateTimeFormat("en-US", { timeZone: timezone, timeZoneName: "longOffset" });
    formats.set(timezone, format);
  }
  const name = format.formatToParts(at).find(({ type }) => type === "timeZoneName")?.value ?? "";
  const [, sign, hours = "0", minutes = "0"] = /([+-])(\d\d):(\d\d)/.exec(name) ?? [];
  return (sign === "-" ? -1 : 1) * (Number(hours) * HOUR_MS + Number(minutes) * MINUTE_MS);
}
