import { assert, integer, property, string } from "fast-check";
import { describe, expect, test } from "vitest";
import { HOUR_MS, MINUTE_MS } from "../../../../lib/time.ts";
import { Source, type SourceRecord } from "../../../../model/sources/source.ts";
import { nextDue } from "../../../../sources/schedule/next-due.ts";
import { recordOf } from "../../../../store/sources/sources.ts";

const schedule = (value: unknown) =>
  Source.parse({ id: "city", name: "C", feeds: ["https://c.example/f"], schedule: value });
const now = new Date("2026-11-25T12:00:00Z");
const ago = (ms: number) => new Date(now.getTime() - ms);
type State = Partial<SourceRecord & { now: Date; lastRunAt: Date | null }>;
const due = (value: unknown, { now: at = now, lastRunAt = null, ...state }: State = {}) =>
  nextDue({ ...recordOf(schedule(value)), ...state }, { now: at, lastRunAt });
const minutes = (date: Date) => (date.getTime() - now.getTime()) / MINUTE_MS;

describe("every", () => {
  const every = { every: "30m" };

  test("the first run is due at once", () => {
    expect(due(every)).toEqual(now);
  });

  test("then each source has its own place on a grid, and keeps it", () => {
    const one = due(every, { lastRunAt: now });
    expect(minutes(one)).toBeGreaterThanOrEqual(15);
    expect(minutes(one)).toBeLessThanOrEqual(45);
    const two = due(every, { now: one, lastRunAt: one });
    expect(two.getTime() - one.getTime()).toBe(30 * MINUTE_MS);
    // A run that starts a little late doesn't move the next one.
    const late = new Date(one.getTime() + 90_000);
    expect(due(every, { now: late, lastRunAt: late })).toEqual(two);
    const other = due(every, { lastRunAt: now, _id: "other" });
    expect(other).not.toEqual(one);
  });

  test("sources spread over the interval", () => {
    const quarters = new Set<number>();
    for (let n = 0; n < 60; n += 1) {
      const at = due(every, { lastRunAt: now, _id: `source-${n}` });
      quarters.add(Math.floor((at.getTime() % (30 * MINUTE_MS)) / (7.5 * MINUTE_MS)));
    }
    expect(quarters.size).toBe(4);
  });

  test("missed slots collapse into one that is due at once", () => {
    expect(due(every, { lastRunAt: ago(10 * HOUR_MS) })).toEqual(now);
    const after = due(every, { lastRunAt: now });
    expect(minutes(after)).toBeGreaterThanOrEqual(15);
  });

  test("failures double the wait, up to a day", () => {
    const wait = (failures: number) => minutes(due(every, { lastRunAt: now, failures }));
    const base = wait(0);
    expect(wait(1)).toBeCloseTo(base + 30);
    expect(wait(2)).toBeCloseTo(base + 90);
    expect(wait(50)).toBeLessThanOrEqual(1440 + 15);
    expect(wait(50)).toBeGreaterThanOrEqual(1440 - 15);
    const weekly = minutes(due({ every: "7d" }, { lastRunAt: now, failures: 5 }));
    expect(weekly).toBeGreaterThanOrEqual(3.5 * 1440);
  });

  test("what the publisher asks doesn't overrule the operator's interval", () => {
    expect(due(every, { lastRunAt: now, ttl: 5 * HOUR_MS })).toEqual(
      due(every, { lastRunAt: now }),
    );
  });
});

describe("cron", () => {
  const cron = { cron: "0 7,19 * * *", timezone: "Europe/Berlin" };

  test("fires by the clock of its zone, within a minute", () => {
    const at = due(cron, { lastRunAt: now });
    expect(at.toISOString()).toMatch(/^2026-11-25T18:00:\d\d/);
    expect(due(cron, { now: at, lastRunAt: at }).toISOString()).toMatch(/^2026-11-26T06:00/);
  });

  test("keeps its hour when the clocks change", () => {
    const before = new Date("2026-10-24T18:00:00Z");
    expect(due(cron, { now: before, lastRunAt: before }).toISOString()).toMatch(
      /^2026-10-25T06:00/,
    );
    const spring = new Date("2026-03-28T19:00:00Z");
    expect(due(cron, { now: spring, lastRunAt: spring }).toISOString()).toMatch(
      /^2026-03-29T05:00/,
    );
  });

  test("missed slots collapse; failures skip slots", () => {
    expect(due(cron, { lastRunAt: ago(5 * 24 * HOUR_MS) })).toEqual(now);
    const twice = due(cron, { lastRunAt: now, failures: 1 });
    expect(twice.toISOString()).toMatch(/^2026-11-26T06:00/);
  });
});

/** Minutes that a source with 100 items in 60 hours waits. */
const adaptiveWait = (state: State) =>
  minutes(
    due(
      { adaptive: { min: "5m", max: "6h" } },
      { lastRunAt: now, arrivals: { items: 100, hours: 60 }, ...state },
    ),
  );

describe("adaptive", () => {
  test("follows the rate of arrivals, give or take a tenth", () => {
    const wait = adaptiveWait({});
    expect(wait).toBeGreaterThan(27 * 0.9);
    expect(wait).toBeLessThan(28 * 1.1);
  });

  test("waits for the publisher's ttl, but not beyond the longest interval", () => {
    expect(adaptiveWait({ ttl: 2 * HOUR_MS })).toBeGreaterThanOrEqual(108);
    expect(adaptiveWait({ ttl: 24 * HOUR_MS })).toBeLessThanOrEqual(6 * 66);
  });

  test("failures double the wait", () => {
    expect(adaptiveWait({ failures: 1 }) / adaptiveWait({})).toBeCloseTo(2);
  });
});

describe("quiet hours", () => {
  test("put a run off to their end, each source a little apart", () => {
    const quiet = { every: "30m", quiet: "11:00-15:00" };
    const at = due(quiet);
    expect(minutes(at)).toBeGreaterThanOrEqual(180);
    expect(minutes(at)).toBeLessThan(185);
    expect(due(quiet, { _id: "other" })).not.toEqual(at);
  });

  test("that leave hardly any time are kept all the same", () => {
    expect(due({ every: "30m", quiet: "06:01-06:00" }, { _id: "other" }).toISOString()).toMatch(
      /^2026-11-26T06:00/,
    );
  });
});

test("is never before now and always the same", () => {
  assert(
    property(
      string(),
      integer({ min: 0, max: 40 * 24 * HOUR_MS }),
      integer({ min: 0, max: 30 }),
      (_id, back, failures) => {
        for (const value of [
          { every: "15m" },
          { cron: "*/20 * * * *" },
          { adaptive: {}, quiet: "22:00-06:00" },
        ]) {
          const state = { _id, lastRunAt: ago(back), failures };
          const at = due(value, state);
          expect(at.getTime()).toBeGreaterThanOrEqual(now.getTime());
          expect(at.getTime()).toBeLessThanOrEqual(now.getTime() + 36 * HOUR_MS);
          expect(due(value, state)).toEqual(at);
        }
      },
    ),
  );
});
