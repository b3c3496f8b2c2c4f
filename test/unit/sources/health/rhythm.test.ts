import { describe, expect, test } from "vitest";
import { HOUR_MS } from "../../../../lib/time.ts";
import type { Rhythm } from "../../../../model/sources/learned.ts";
import {
  expectedItems,
  learnRhythm,
  silentAfter,
  spikeIn,
} from "../../../../sources/health/drift.ts";
import { arrivalsOf, WAYS, type Way } from "../../../helpers/arrivals.ts";

const START = new Date("2026-08-31T00:00:00Z");
const WEEKS = 12;

/** A source that is looked at every half hour; the alarms that it raised on its way. */
function watch(way: Way, seed: number) {
  const items = arrivalsOf(way, START, WEEKS, seed);
  let rhythm: Rhythm | undefined;
  let lastNewAt: Date | null = null;
  let lastFetchAt: Date | null = null;
  let silentAt: Date | null = null;
  let silences = 0;
  let spikes = 0;
  let longest = 0;
  let next = 0;
  for (let time = START.getTime(); next < items.length; time += HOUR_MS / 2) {
    const at = new Date(time);
    const arrivals = [];
    for (let item = items[next]; item && item <= at; item = items[next]) {
      arrivals.push(item);
      next++;
    }
    const wasSilent = silentAt !== null && at >= silentAt;
    if (arrivals.length > 0) {
      if (wasSilent) silences++;
      if (spikeIn(rhythm, { at, lastFetchAt: lastFetchAt, items: arrivals })) spikes++;
      if (lastNewAt) longest = Math.max(longest, at.getTime() - lastNewAt.getTime());
      rhythm = learnRhythm(rhythm, { at, lastNewAt, lastFetchAt: lastFetchAt, items: arrivals });
      silentAt = silentAfter(rhythm, at);
      lastNewAt = at;
    }
    lastFetchAt = at;
  }
  if (!rhythm || !lastNewAt) throw new Error("nothing came");
  return { rhythm, last: lastNewAt, silences, spikes, longest, silentAt };
}

describe.each(WAYS)("$name", (way) => {
  const sources = Array.from({ length: 20 }, (_, seed) => watch(way, seed * 7919 + 1));

  test("twelve healthy weeks of twenty sources raise next to no alarm", () => {
    const sum = (of: (one: (typeof sources)[number]) => number) =>
      sources.reduce((all, one) => all + of(one), 0);

    expect(sum(({ spikes }) => spikes)).toBe(0);
    expect(sum(({ silences }) => silences)).toBeLessThanOrEqual(4);
  });

  test("silence is told within twice the longest gap", () => {
    for (const { longest, last, silentAt } of sources) {
      const after = (silentAt?.getTime() ?? Number.POSITIVE_INFINITY) - last.getTime();
      expect(after).toBeGreaterThanOrEqual(HOUR_MS);
      expect(after).toBeLessThanOrEqual(Math.max(HOUR_MS, 2 * longest));
    }
  });
});

test("far more than was to be expected is a spike; a busy day, a first run and a slow look are none", () => {
  const [wire] = WAYS;
  if (!wire) throw new Error("no way");
  const { rhythm, last } = watch(wire, 5);
  const at = new Date(last.getTime() + HOUR_MS);
  const spike = (items: number, hours: number) =>
    spikeIn(rhythm, {
      at,
      lastFetchAt: new Date(at.getTime() - hours * HOUR_MS),
      items: Array.from({ length: items }, () => at),
    });
  expect(spike(200, 1)).toMatchObject({ items: 200 });
  expect(spike(30, 1)).toBeNull();
  expect(spike(500, 12)).toBeNull();
  expect(spikeIn(undefined, { at, lastFetchAt: null, items: [] })).toBeNull();
  const day = expectedItems(rhythm, at, new Date(at.getTime() + 24 * HOUR_MS));
  expect(day).toBeGreaterThan(150);
  expect(day).toBeLessThan(250);
});
