import { CronExpressionParser } from "cron-parser";
import { setBounded } from "../../lib/cache.ts";
import { spread } from "../../lib/hash.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS } from "../../lib/time.ts";
import type { Source, SourceRecord } from "../../model/sources/source.ts";
import { adaptiveInterval } from "./adaptive.ts";
import { afterClosed, afterQuiet, isOpen, isQuiet } from "./windows.ts";

type Schedule = Source["schedule"];

export interface DueState {
  id: string;
  now: Date;
  /** Start of the last run; null before the first. */
  lastRunAt: Date | null;
  arrivals: SourceRecord["arrivals"];
  /** Number of consecutive failed runs. Each doubles the wait, up to a day. */
  problems: number;
  /** The wait that the publisher asks for, ms; null if none. Only adaptive schedules respect it. */
  ttl: number | null;
}

/** A run counts as missed if no process started it in this time after it was due. */
const MAX_START_DELAY_MS = 15 * 60_000;
/** Maximum number of quiet hours and gaps between windows that the search for a due time skips. */
const MAX_SKIPPED_PERIODS = 16;
const CRON_SPREAD_MS = MINUTE_MS;
const QUIET_SPREAD_MS = 5 * MINUTE_MS;

/**
 * Returns when a source is due next: at the earliest now, and only when runs can start. One run
 * makes up for all missed ones. Each source has a fixed offset within its interval, so that sources
 * don't all run at once.
 */
export function nextDue(source: Pick<Source, "schedule">, state: DueState): Date {
  const { schedule } = source;
  const slot = state.lastRunAt ? nextSlot(schedule, state, state.lastRunAt) : state.now.getTime();
  const due = new Date(Math.max(slot, state.now.getTime()));
  const free = afterShut(due, schedule);
  if (free.getTime() === due.getTime()) return due;
  const apart = new Date(free.getTime() + Math.floor(spread(state.id) * QUIET_SPREAD_MS));
  return isShut(apart, schedule) ? free : apart;
}

/** Returns when a source is due after a run; `overlap: skip` skips due times during the run. */
export function nextDueAfterRun(source: Pick<Source, "schedule">, state: DueState): Date {
  const due = nextDue(source, state);
  if (source.schedule.overlap !== "skip" || due > state.now) return due;
  return nextDue(source, { ...state, lastRunAt: state.now });
}

/**
 * Returns when the next run is due if a late run counts as missed and must be skipped; null if the
 * late run should start anyway.
 */
export function insteadOfMissed(
  source: Pick<Source, "schedule">,
  dueAt: Date,
  state: DueState,
): Date | null {
  if (source.schedule.missed !== "skip" || !state.lastRunAt) return null;
  if (state.now.getTime() - dueAt.getTime() <= MAX_START_DELAY_MS) return null;
  return nextDue(source, { ...state, lastRunAt: state.now });
}

/** Whether no run can start at this time: during quiet hours, or outside all windows. */
export function isShut(at: Date, schedule: Schedule): boolean {
  return isQuiet(at, schedule) || !isOpen(at, schedule);
}

function afterShut(at: Date, schedule: Schedule): Date {
  let free = at;
  for (let tries = 0; tries < MAX_SKIPPED_PERIODS && isShut(free, schedule); tries++) {
    free = afterClosed(afterQuiet(free, schedule), schedule);
  }
  return free;
}

function nextSlot(schedule: Schedule, state: DueState, lastRunAt: Date): number {
  const last = lastRunAt.getTime();
  if ("every" in schedule) {
    const wait = backedOff(schedule.every, state.problems);
    return nextOnGrid(last + wait - schedule.every / 2, schedule.every, spread(state.id));
  }
  if ("cron" in schedule) return nextCron(schedule, state, lastRunAt);
  const usual = adaptiveInterval(state.arrivals, lastRunAt, schedule.adaptive);
  const wait = Math.min(Math.max(usual, state.ttl ?? 0), Math.max(schedule.adaptive.max, usual));
  return last + backedOff(wait, state.problems) * (0.9 + 0.2 * spread(state.id));
}

/**
 * Returns the first time at or after `from` on a grid with step `every`, shifted by `place` (0 to
 * 1) of a step; all in ms. Callers pass a `from` half a step early, so that early or late runs stay
 * on the grid.
 */
function nextOnGrid(from: number, every: number, place: number): number {
  const offset = Math.floor(place * every);
  return Math.ceil((from - offset) / every) * every + offset;
}

function nextCron(
  schedule: Extract<Schedule, { cron: string }>,
  state: DueState,
  lastRunAt: Date,
): number {
  const { cron, timezone } = schedule;
  const slot = slotAfter(cron, timezone, lastRunAt.getTime());
  const apart = Math.floor(spread(state.id) * CRON_SPREAD_MS);
  if (state.problems === 0) return slot + apart;
  const gap = slotAfter(cron, timezone, slot) - slot;
  const from = lastRunAt.getTime() + backedOff(gap, state.problems) - gap;
  return slotAfter(cron, timezone, from) + apart;
}

function backedOff(interval: number, problems: number): number {
  return Math.max(interval, Math.min(DAY_MS, interval * 2 ** Math.min(problems, 20)));
}

export function runIdOf({ _id, nextDueAt }: Pick<SourceRecord, "_id" | "nextDueAt">) {
  return nextDueAt && `${_id}-${nextDueAt.getTime().toString(36)}`;
}

/** Maximum number of cached pairs of time zone and cron expression. Many sources share a pair. */
const MAX_CACHED_SCHEDULES = 2000;
const MAX_SPANS_PER_SCHEDULE = 3;

/** All slots (due times) of a cron expression between `from` and `to`, in ms, in order. */
interface Span {
  from: number;
  to: number;
  slots: readonly number[];
}

const spans = new Map<string, readonly Span[]>();

/**
 * Returns the first slot of a cron expression after `after`, in ms. Caches whole days, because a
 * step of `cron-parser` takes a quarter of a millisecond.
 */
export function slotAfter(cron: string, timezone: string, after: number): number {
  const key = `${timezone} ${cron}`;
  const known = spans.get(key) ?? [];
  for (const { from, slots } of known) {
    const cache = from <= after ? firstAfter(slots, after) : undefined;
    if (cache !== undefined) return cache;
  }
  const span = spanFrom(cron, timezone, after);
  const latest = [...known, span].slice(-MAX_SPANS_PER_SCHEDULE);
  setBounded(spans, key, latest, MAX_CACHED_SCHEDULES);
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

/**
 * Returns all due times on the day of the next due time. Returns only the next one if a simple
 * calculation might be wrong, such as on days when the clocks change.
 */
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
  // If the clocks change on that day, use the parser's steps.
  const changes = offsetAt(timezone, start) !== offset || offsetAt(timezone, end) !== offset;
  if (changes || second.values.length > 1) return single;
  const slots = hour.values.flatMap((h) =>
    minute.values.map((m) => start + h * HOUR_MS + m * MINUTE_MS),
  );
  return slots.includes(first) ? { from: Math.min(after, start), to: end, slots } : single;
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** Returns the offset from UTC in ms. */
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
