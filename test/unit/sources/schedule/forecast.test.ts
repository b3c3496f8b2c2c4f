import { expect, test } from "vitest";
import { HOUR_MS, MINUTE_MS } from "../../../../lib/time.ts";
import { Source } from "../../../../model/sources/source.ts";
import { explainNextRun, forecast } from "../../../../sources/schedule/forecast.ts";
import { insteadOfMissed, nextDueAfterRun } from "../../../../sources/schedule/next-due.ts";
import { recordOf } from "../../../../store/sources/sources.ts";

const now = new Date("2026-11-25T12:00:00Z");
const later = (ms: number) => new Date(now.getTime() + ms);
const source = (schedule: unknown) =>
  recordOf(Source.parse({ id: "city", name: "C", feeds: ["https://c.example/f"], schedule }));
const day = (schedule: unknown, overrides: object = {}) =>
  forecast({ ...source(schedule), nextDueAt: now, ...overrides }, now, later(24 * HOUR_MS));

test("visits are those of the schedule, and an article waits half their distance", () => {
  const { visits, delay } = day({ every: "30m" });
  expect(visits.length).toBeGreaterThanOrEqual(47);
  expect(visits.length).toBeLessThanOrEqual(50);
  expect(Math.abs((delay ?? 0) - 15 * MINUTE_MS)).toBeLessThan(MINUTE_MS);
  const cron = day({ cron: "0 6,18 * * *", timezone: "Europe/Berlin" });
  expect(cron.visits.map((at) => at.toISOString().slice(0, 16))).toEqual([
    "2026-11-25T12:00",
    "2026-11-25T17:00",
    "2026-11-26T05:00",
  ]);
  const windowed = day({ every: "1h", windows: ["09:00-11:00"] }, { nextDueAt: later(MINUTE_MS) });
  expect(windowed.visits.slice(1).every((at) => [9, 10].includes(at.getUTCHours()))).toBe(true);
  expect(day({ every: "1h" }, { nextDueAt: null })).toEqual({
    visits: [],
    delay: null,
    items: null,
  });
});

test("nobody waits for a source that is paused for years", () => {
  const until = later(1000 * 24 * HOUR_MS);
  const pausedByOperator = { until, actor: "ada", at: now, reason: "closed" };
  expect(day({ every: "1h" }, { nextDueAt: until, pausedByOperator }).delay).toBeNull();
  expect(day({ every: "1h" }, { nextDueAt: until }).delay).toBeGreaterThan(24 * HOUR_MS);
});

test("delay and articles follow the arrival model: what comes at night waits, and counts little", () => {
  const byHour = Array.from({ length: 24 }, (_, hour) => (hour >= 8 && hour < 18 ? 10 : 0));
  const arrivals = { items: 20, hours: 48, byHour };
  const quiet = { every: "30m", quiet: "20:00-06:00" };
  const known = day(quiet, { arrivals });
  const blind = day(quiet);
  expect(known.items).toBeGreaterThan(5);
  expect(known.items).toBeLessThan(20);
  expect(known.delay ?? 0).toBeLessThan((blind.delay ?? 0) / 1.5);
  const adaptive = { adaptive: { min: "5m", max: "6h" } };
  const busy = day(adaptive, { arrivals: { items: 100, hours: 48, byHour } });
  expect(busy.visits.length).toBeGreaterThan(day(adaptive, { arrivals }).visits.length);
});

test("a slot that passes while a run is open is made up for, or left out", () => {
  const long = { now, lastRunAt: later(-3 * HOUR_MS) };
  expect(nextDueAfterRun(source({ every: "1h" }), long)).toEqual(now);
  const skipped = nextDueAfterRun(source({ every: "1h", overlap: "skip" }), long);
  expect(skipped.getTime() - now.getTime()).toBeGreaterThanOrEqual(30 * MINUTE_MS);
  const short = { now, lastRunAt: later(-MINUTE_MS) };
  expect(nextDueAfterRun(source({ every: "1h", overlap: "skip" }), short)).toEqual(
    nextDueAfterRun(source({ every: "1h" }), short),
  );
});

test("a run that nobody was there to start is made up for once, or left out for the next slot", () => {
  const times = { now, lastRunAt: later(-9 * HOUR_MS) };
  const cron = { cron: "0 6 * * *" };
  const missed = later(-6 * HOUR_MS);
  expect(insteadOfMissed(source(cron), missed, times)).toBeNull();
  const skips = source({ ...cron, missed: "skip" });
  expect(insteadOfMissed(skips, missed, times)?.toISOString()).toMatch(/^2026-11-26T06:00/);
  expect(insteadOfMissed(skips, later(-5 * MINUTE_MS), times)).toBeNull();
  expect(insteadOfMissed(skips, missed, { ...times, lastRunAt: null })).toBeNull();
});

test.each([
  ["the schedule", {}, /^Schedule: every 30m\.$/],
  ["failures", { failures: 4 }, /the last 4 runs brought nothing, the next run is delayed/],
  ["who asked", { runRequest: { actor: "user ada", at: now } }, /^user ada requested this run/],
  ["an open run", { openRunId: "city-1" }, /^A run is open/],
  ["a retirement", { active: false }, /retired/],
  [
    "a pause",
    { pausedByOperator: { reason: "x", actor: "user ada", at: now } },
    /paused: no run follows until it is resumed\.$/,
  ],
  [
    "a file's pause after an operator's has ended",
    {
      pausedByOperator: { reason: "x", actor: "user ada", at: now, until: new Date(0) },
      paused: { reason: "moved" },
    },
    /paused: no run follows until its file changes\.$/,
  ],
  [
    "a pause that ends",
    {
      pausedByOperator: { reason: "x", actor: "user ada", at: now, until: new Date("2026-12-01") },
    },
    /paused: no run follows until 2026-12-01T00:00:00\.000Z, or until it is resumed\.$/,
  ],
  ["a worker that is missing", { nextDueAt: now }, /waits for a worker/],
])("why the next run is when it is names %s", (_, given, words) => {
  const known = { ...source({ every: "30m" }), nextDueAt: later(MINUTE_MS), lastAttemptAt: now };
  expect(explainNextRun({ ...known, ...given }, now)).toMatch(words);
});
