import { expect, test } from "vitest";
import { HOUR_MS } from "../../../../lib/time.ts";
import { adaptiveInterval, recordVisit } from "../../../../sources/schedule/next-due.ts";

const bounds = { min: 300_000, max: 6 * HOUR_MS };
const start = Date.UTC(2026, 10, 1);
type Arrivals = ReturnType<typeof recordVisit>;

/** Visits every half hour for some days, with items at the given hours of each day. */
function watch(days: number, hoursOfItems: number[], from: Arrivals | null = null): Arrivals {
  let arrivals = from ?? recordVisit(null, { at: new Date(start), since: null, newItems: [] });
  for (let half = 1; half <= days * 48; half += 1) {
    const at = new Date(start + (half * HOUR_MS) / 2);
    const since = new Date(at.getTime() - HOUR_MS / 2);
    const hits = hoursOfItems.filter(
      (hour) => hour === at.getUTCHours() && at.getUTCMinutes() === 30,
    );
    arrivals = recordVisit(arrivals, { at, since, newItems: hits.map(() => at) });
  }
  return arrivals;
}

test("the items of a first visit say nothing about the rate", () => {
  const first = recordVisit(null, {
    at: new Date(start),
    since: null,
    newItems: [new Date(start)],
  });
  expect(first).toEqual({ items: 0, hours: 0 });
});

test("the rate is learnt: 24 items a day mean a visit about every 45 minutes", () => {
  const arrivals = watch(
    10,
    Array.from({ length: 24 }, (_, hour) => hour),
  );
  const interval = adaptiveInterval(arrivals, new Date(start), bounds);
  expect(interval / 60_000).toBeGreaterThan(40);
  expect(interval / 60_000).toBeLessThan(50);
});

test("a source that falls silent is asked less and less, up to the longest interval", () => {
  const busy = watch(5, [6, 8, 10, 12, 14, 16]);
  const noon = new Date(start + 12 * HOUR_MS);
  const before = adaptiveInterval(busy, noon, bounds);
  const silent = watch(4, [], busy);
  const longer = adaptiveInterval(silent, noon, bounds);
  expect(longer).toBeGreaterThan(before);
  expect(adaptiveInterval(watch(20, [], silent), noon, bounds)).toBe(bounds.max);
});

test("busy hours are visited more often than quiet ones", () => {
  const day = watch(20, [8, 8, 9, 9, 10, 10, 11, 11]);
  const morning = adaptiveInterval(day, new Date(start + 8 * HOUR_MS), bounds);
  const night = adaptiveInterval(day, new Date(start + 20 * HOUR_MS), bounds);
  expect(morning * 2).toBeLessThan(night);
});

test("a spike of items is bounded by the shortest interval", () => {
  const spike = watch(
    3,
    Array.from({ length: 2400 }, (_, n) => n % 24),
  );
  expect(adaptiveInterval(spike, new Date(start), bounds)).toBe(bounds.min);
});

test("nothing known: the longest interval that the prior allows", () => {
  expect(adaptiveInterval(null, new Date(start), { min: 1, max: 99 * HOUR_MS })).toBeCloseTo(
    8.4 * HOUR_MS,
  );
  expect(adaptiveInterval(null, new Date(start), bounds)).toBe(bounds.max);
});
