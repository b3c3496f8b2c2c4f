import { CronExpressionParser, type CronFieldCollection } from "cron-parser";
import { setBounded } from "../../lib/async.ts";
import { spread } from "../../lib/text.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS, wallClockOf } from "../../lib/time.ts";
import type { Schedule } from "../../model/sources/schedule.ts";
import type { SourceRecord } from "../../model/sources/source.ts";

/** What a due time depends on. Each consecutive failure doubles the wait, up to a day. */
type Scheduled = Pick<SourceRecord, "_id" | "schedule" | "arrivals" | "failures" | "ttl">;

interface Times {
  now: Date;
  /** Start of the last run; null before the first. */
  lastRunAt: Date | null;
}

const MAX_START_DELAY_MS = 15 * 60_000;
const CRON_SPREAD_MS = MINUTE_MS;
const QUIET_SPREAD_MS = 5 * MINUTE_MS;

/**
 * Returns when a source is due next, at the earliest now. Skips times at which no run can start.
 */
export function nextDue(source: Scheduled, { now, lastRunAt }: Times): Date {
  const { schedule } = source;
  const slot = lastRunAt ? nextSlot(source, lastRunAt) : now.getTime();
  const due = new Date(Math.max(slot, now.getTime()));
  const free = afterShut(due, schedule);
  if (free.getTime() === due.getTime()) return due;
  const apart = new Date(free.getTime() + Math.floor(spread(source._id) * QUIET_SPREAD_MS));
  return isShut(apart, schedule) ? free : apart;
}

/** Returns when a source is due after a run; `overlap: skip` skips due times during the run. */
export function nextDueAfterRun(source: Scheduled, times: Times): Date {
  const due = nextDue(source, times);
  const { now } = times;
  if (source.schedule.overlap !== "skip" || due > now) return due;
  return nextDue(source, { now, lastRunAt: now });
}

/**
 * Returns the next due time if a late run must be skipped; null if that run should start anyway.
 */
export function insteadOfMissed(
  source: Scheduled,
  dueAt: Date,
  { now, lastRunAt }: Times,
): Date | null {
  if (source.schedule.missed !== "skip" || !lastRunAt) return null;
  if (now.getTime() - dueAt.getTime() <= MAX_START_DELAY_MS) return null;
  return nextDue(source, { now, lastRunAt: now });
}

function nextSlot(source: Scheduled, lastRunAt: Date): number {
  const { _id, schedule, arrivals, failures, ttl } = source;
  const last = lastRunAt.getTime();
  if ("every" in schedule) {
    const wait = backedOff(schedule.every, failures);
    const place = Math.floor(spread(_id) * schedule.every);
    // Half a step early, so that early or late runs stay on the grid.
    const from = last + wait - schedule.every / 2;
    return Math.ceil((from - place) / schedule.every) * schedule.every + place;
  }
  if ("cron" in schedule) {
    const { cron, timezone } = schedule;
    const slot = slotAfter(cron, timezone, last);
    const apart = Math.floor(spread(_id) * CRON_SPREAD_MS);
    if (failures === 0) return slot + apart;
    const gap = slotAfter(cron, timezone, slot) - slot;
    return slotAfter(cron, timezone, last + backedOff(gap, failures) - gap) + apart;
  }
  const usual = adaptiveInterval(arrivals, lastRunAt, schedule.adaptive);
  // Only adaptive schedules respect the wait that a publisher asks for.
  const wait = Math.min(Math.max(usual, ttl ?? 0), Math.max(schedule.adaptive.max, usual));
  return last + backedOff(wait, failures) * (0.9 + 0.2 * spread(_id));
}

function backedOff(interval: number, failures: number): number {
  return Math.max(interval, Math.min(DAY_MS, interval * 2 ** Math.min(failures, 20)));
}

export function runIdOf({ _id, nextDueAt }: Pick<SourceRecord, "_id" | "nextDueAt">) {
  return nextDueAt && `${_id}-${nextDueAt.getTime().toString(36)}`;
}

const MAX_CACHED_SCHEDULES = 2000;
const MAX_SPANS_PER_SCHEDULE = 3;

interface Span {
  from: number;
  slots: readonly number[];
}

const spans = new Map<string, readonly Span[]>();

/** Returns when a cron expression is due next after `after`, in ms since 1970. */
export function slotAfter(cron: string, timezone: string, after: number): number {
  const key = `${timezone} ${cron}`;
  // A step of `cron-parser` takes a quarter of a millisecond.
  const known = spans.get(key) ?? [];
  for (const { from, slots } of known) {
    const cache = from <= after ? firstAfter(slots, after) : undefined;
    if (cache !== undefined) return cache;
  }
  const expression = CronExpressionParser.parse(cron, {
    currentDate: new Date(after),
    tz: timezone,
  });
  const first = expression.next().getTime();
  const span = dayOf(first, expression.fields, timezone) ?? { from: first, slots: [first] };
  const latest = [...known, { ...span, from: Math.min(after, span.from) }];
  setBounded(spans, key, latest.slice(-MAX_SPANS_PER_SCHEDULE), MAX_CACHED_SCHEDULES);
  return first;
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

/** Returns all slots on the local day of a slot; null if they can't be calculated simply. */
function dayOf(
  slot: number,
  { hour, minute, second }: CronFieldCollection,
  timezone: string,
): Span | null {
  const offsetAt = (at: number) => wallClockOf(at, timezone) - at;
  const offset = offsetAt(slot);
  const from = Math.floor((slot + offset) / DAY_MS) * DAY_MS - offset;
  // On days when the clocks change, the simple calculation might be wrong.
  const changes = offsetAt(from) !== offset || offsetAt(from + DAY_MS) !== offset;
  if (changes || second.values.length > 1) return null;
  const slots = hour.values.flatMap((h) =>
    minute.values.map((m) => from + h * HOUR_MS + m * MINUTE_MS),
  );
  return slots.includes(slot) ? { from, slots } : null;
}

type Arrivals = NonNullable<SourceRecord["arrivals"]>;

const RATE_HALF_LIFE_HOURS = 48;
const PROFILE_HALF_LIFE_HOURS = 14 * 24;
const PRIOR_ITEMS = 0.5;
const PRIOR_HOURS = 6;
const EXPECTED_ITEMS_PER_VISIT = 0.7;
const MIN_HOUR_FACTOR = 0.25;
const MAX_HOUR_FACTOR = 2;

/**
 * Returns `arrivals` updated with a visit. `since` is the previous visit, and `newItems` has the
 * times of the new articles.
 */
export function recordVisit(
  arrivals: Arrivals | null,
  visit: { at: Date; since: Date | null; newItems: Date[] },
): Arrivals {
  // It is unknown in how many hours the articles of a first visit appeared.
  if (visit.since === null) return arrivals ?? { items: 0, hours: 0 };
  const hours = Math.max(0, visit.at.getTime() - visit.since.getTime()) / HOUR_MS;
  const fade = 0.5 ** (hours / RATE_HALF_LIFE_HOURS);
  const profileFade = 0.5 ** (hours / PROFILE_HALF_LIFE_HOURS);
  const byHour = Array.from({ length: 24 }, (_, i) => (arrivals?.byHour?.[i] ?? 0) * profileFade);
  for (const item of visit.newItems)
    byHour[item.getUTCHours()] = (byHour[item.getUTCHours()] ?? 0) + 1;
  return {
    items: (arrivals?.items ?? 0) * fade + visit.newItems.length,
    hours: (arrivals?.hours ?? 0) * fade + hours,
    byHour,
  };
}

/** Returns the time from `from` until 0.7 new articles are expected, in ms and within `bounds`. */
export function adaptiveInterval(
  arrivals: Arrivals | null,
  from: Date,
  bounds: { min: number; max: number },
): number {
  const rateAt = (at: number) => hourlyRate(arrivals, at);
  const interval = timeUntilSum(rateAt, from, EXPECTED_ITEMS_PER_VISIT, bounds.max);
  return Math.min(Math.max(interval, bounds.min), bounds.max);
}

export function expectedItems(arrivals: Arrivals | null, from: Date, until: Date): number {
  return sumOfRate((at) => hourlyRate(arrivals, at), from, until);
}

/** Returns articles per hour, constant within each hour; `at` is in epoch ms. */
type RateAt = (at: number) => number;

export function sumOfRate(rateAt: RateAt, from: Date, until: Date): number {
  let sum = 0;
  for (let at = from.getTime(); at < until.getTime(); ) {
    const end = Math.min(nextHour(at), until.getTime());
    sum += (rateAt(at) * (end - at)) / HOUR_MS;
    at = end;
  }
  return sum;
}

/** Returns the time from `from` until `wanted` articles are expected, in ms; at most `most`. */
export function timeUntilSum(rateAt: RateAt, from: Date, wanted: number, most: number): number {
  const start = from.getTime();
  let left = wanted;
  for (let at = start; at < start + most; at = nextHour(at)) {
    const rate = rateAt(at);
    const gain = (rate * (nextHour(at) - at)) / HOUR_MS;
    if (gain >= left) return Math.min(at - start + (left / rate) * HOUR_MS, most);
    left -= gain;
  }
  return most;
}

function nextHour(at: number): number {
  return (Math.floor(at / HOUR_MS) + 1) * HOUR_MS;
}

function hourlyRate(arrivals: Arrivals | null, at: number): number {
  const perHour = ((arrivals?.items ?? 0) + PRIOR_ITEMS) / ((arrivals?.hours ?? 0) + PRIOR_HOURS);
  return perHour * hourFactor(arrivals?.byHour, new Date(at).getUTCHours());
}

function hourFactor(byHour: number[] | undefined, hour: number): number {
  if (!byHour) return 1;
  const of = (h: number) => byHour[(h + 24) % 24] ?? 0;
  const mean = byHour.reduce((sum, count) => sum + count, 0) / 24;
  const here = (of(hour - 1) + 2 * of(hour) + of(hour + 1)) / 4;
  return Math.min(Math.max((here + 1) / (mean + 1), MIN_HOUR_FACTOR), MAX_HOUR_FACTOR);
}

const DAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
/** Clocks are changed only at whole half hours. */
const CLOCK_CHANGE_STEP_MS = 30 * MINUTE_MS;
/** Longer than two weeks, because a weekly window can fall into an hour that the clocks skip. */
const MAX_SHUT_MS = 15 * DAY_MS;

type Hours = Pick<Schedule, "quiet" | "windows" | "timezone">;

/** Whether no run can start at this time: during quiet hours, or outside all windows. */
export function isShut(at: Date, hours: Hours): boolean {
  return isShutAt(wallClockOf(at.getTime(), hours.timezone), hours);
}

/**
 * Returns the time itself or, if no run can start then, the first minute in which one can. If that
 * minute isn't within 15 days, returns a time at which no run can start.
 */
export function afterShut(at: Date, hours: Hours): Date {
  if (!isShut(at, hours)) return at;
  const begins = at.getTime();
  const until = begins + MAX_SHUT_MS;
  const step = CLOCK_CHANGE_STEP_MS;
  for (let from = Math.floor(begins / step) * step; from < until; from += step) {
    const offset = wallClockOf(from, hours.timezone) - from;
    for (let minute = from; minute < from + step; minute += MINUTE_MS)
      if (minute > begins && !isShutAt(minute + offset, hours)) return new Date(minute);
  }
  return new Date(until);
}

/** Whether no run can start when clocks show `wall`, in ms as if that time were in UTC. */
function isShutAt(
  wall: number,
  { quiet, windows = [] }: Pick<Hours, "quiet" | "windows">,
): boolean {
  const rest = quiet === undefined ? null : parseWindow(quiet);
  // Quiet hours that end when they begin are empty, unlike such a window.
  if (rest && rest.start !== rest.end && isIn(rest, wall)) return true;
  return windows.length > 0 && !windows.some((window) => isIn(parseWindow(window), wall));
}

function isIn({ days, start, end }: Window, wall: number): boolean {
  const date = Math.floor(wall / DAY_MS);
  // The epoch began on a Thursday.
  const day = (date + DAYS.indexOf("Thu")) % 7;
  const minute = Math.floor((wall - date * DAY_MS) / MINUTE_MS);
  if (start < end) return days.has(day) && minute >= start && minute < end;
  return (days.has(day) && minute >= start) || (days.has((day + 6) % 7) && minute < end);
}

interface Window {
  days: ReadonlySet<number>;
  /** Minutes after midnight. If `end` isn't later than `start`, the window ends on the next day. */
  start: number;
  end: number;
}

const parsed = new Map<string, Window>();

function parseWindow(text: string): Window {
  const known = parsed.get(text);
  if (known) return known;
  const [clock = "", days = "Mon-Sun"] = text.split(" ").toReversed();
  const [start, end] = parseHours(clock);
  const window = { days: new Set(days.split(",").flatMap(daysOf)), start, end };
  parsed.set(text, window);
  return window;
}

function parseHours(hours: string): [start: number, end: number] {
  const [start = 0, end = 0] = hours.split("-").map((clock) => {
    const [hour = 0, minute = 0] = clock.split(":").map(Number);
    return hour * 60 + minute;
  });
  return [start, end];
}

function daysOf(range: string): number[] {
  const [first = 0, last = first] = range.split("-").map((name) => DAYS.indexOf(name));
  return Array.from({ length: ((last - first + 7) % 7) + 1 }, (_, n) => (first + n) % 7);
}
