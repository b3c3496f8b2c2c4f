import { describe, expect, test } from "vitest";
import {
  afterRevisit,
  firstRevisits,
  hintedRevisit,
  nextRevisit,
} from "../../../../articles/revisions/revisits.ts";
import { spread } from "../../../../lib/text.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS } from "../../../../lib/time.ts";
import type { RevisitCounts } from "../../../../model/crawl/link.ts";
import type { RevisitRates } from "../../../../model/sources/source.ts";

const SEEN = new Date("2026-11-25T10:00:00Z");
const after = (ms: number) => new Date(SEEN.getTime() + ms);

/** Plays the looks at an article whose content changes at `changes` (ms after the first look). */
function play(changes: number[], published = SEEN, rates?: RevisitRates, id = "a"): number[] {
  let revisits = firstRevisits(SEEN, published, false);
  let now = SEEN;
  const at: number[] = [];
  for (;;) {
    const next = nextRevisit({ id, now, revisits, rates });
    if (!next || at.length > 200) return at;
    const since = now.getTime() - SEEN.getTime();
    now = next.at;
    const until = now.getTime() - SEEN.getTime();
    at.push(until);
    revisits = afterRevisit(
      revisits,
      changes.some((change) => change > since && change <= until),
      now,
    );
  }
}

/** An id that is no sample. */
const usual = "abcdefgh".split("").find((id) => spread(id) > 0.2) ?? "a";

describe("an article", () => {
  test("that never changes is looked at five times, further and further apart", () => {
    expect(play([])).toEqual([15 * MINUTE_MS, HOUR_MS, 6 * HOUR_MS, DAY_MS, 7 * DAY_MS]);
  });

  test("that changed is looked at soon again, and then as before", () => {
    const times = play([5 * HOUR_MS]).map((ms) => ms / HOUR_MS);
    expect(times).toEqual([0.25, 1, 6, 6.25, 7, 12, 30, 6 + 7 * 24]);
  });

  test("that is old when it is found has only the later steps, or none", () => {
    expect(play([], after(-5 * HOUR_MS))).toEqual([
      HOUR_MS,
      19 * HOUR_MS,
      7 * DAY_MS - 5 * HOUR_MS,
    ]);
    expect(play([], after(-8 * DAY_MS))).toEqual([]);
    expect(play([], after(HOUR_MS))).toHaveLength(5);
  });

  test("of which only the day is known counts from when it was found", () => {
    const midnight = new Date("2026-11-25T00:00:00Z");
    expect(firstRevisits(SEEN, midnight, true).since).toEqual(SEEN);
    expect(firstRevisits(SEEN, midnight, false).since).toEqual(midnight);
  });

  test("that changes all the time is looked at sixty times at most, a third of them within hours", () => {
    const always = Array.from({ length: 100_000 }, (_, n) => n * 5 * MINUTE_MS);
    const times = play(always);
    expect(times).toHaveLength(60);
    const gaps = times.map((at, index) => at - (times[index - 1] ?? 0));
    expect(gaps.slice(0, 20).every((gap) => gap === 15 * MINUTE_MS)).toBe(true);
    expect(gaps.slice(20).every((gap) => gap === 6 * HOUR_MS)).toBe(true);
  });
});

describe("a source whose articles were looked at often", () => {
  const rates = { 0: { revisits: 200, changed: 1 }, 1: { revisits: 200, changed: 12 } };

  test("is spared the steps that bring nothing", () => {
    expect(play([], SEEN, rates, usual)).toEqual([HOUR_MS, 6 * HOUR_MS, DAY_MS, 7 * DAY_MS]);
  });

  test("has all steps at an article that did change", () => {
    const times = play([30 * MINUTE_MS], SEEN, rates, usual).map((ms) => ms / HOUR_MS);
    expect(times.slice(0, 3)).toEqual([1, 1.25, 2]);
  });

  test("has all steps at one article in ten, so that a change of habit is found", () => {
    const ids = Array.from({ length: 500 }, (_, n) => `id-${n}`);
    const whole = ids.filter((id) => play([], SEEN, rates, id).length === 5);
    expect(whole.length).toBeGreaterThan(25);
    expect(whole.length).toBeLessThan(75);
  });

  test("with few looks is not judged", () => {
    expect(play([], SEEN, { 0: { revisits: 29, changed: 0 } }, usual)).toHaveLength(5);
  });
});

test("a word of change brings a look at once, later and later while it is in vain", () => {
  const revisits = (unchanged: number): RevisitCounts => {
    return { made: 9, unchanged, changes: 0, since: SEEN, step: null };
  };
  const waits = [0, 1, 2, 3, 4, 9].map(
    (unchanged) => hintedRevisit(revisits(unchanged), SEEN, SEEN).getTime() - SEEN.getTime(),
  );
  expect(waits).toEqual([0, 15 * MINUTE_MS, HOUR_MS, 6 * HOUR_MS, DAY_MS, DAY_MS]);
  expect(hintedRevisit(revisits(2), SEEN, after(2 * HOUR_MS))).toEqual(after(2 * HOUR_MS));
  expect(hintedRevisit(undefined, null, SEEN)).toEqual(SEEN);
});
