import { HOUR_MS } from "../../lib/time.ts";

/** Returns a generator of reproducible random numbers in [0, 1). */
export function dice(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/**
 * A publishing pattern: how many articles come at once, and how many per day at an hour of the week (0 is Monday
 * 00:00 UTC).
 */
export interface Way {
  name: string;
  perDay: (weekHour: number) => number;
  atOnce?: number;
}

const office = (hour: number) => hour < 120 && hour % 24 >= 7 && hour % 24 < 18;

/** Typical publishing patterns. */
export const WAYS: Way[] = [
  { name: "a wire, day and night", perDay: () => 200 },
  { name: "a newsroom with nights", perDay: (hour) => (hour % 24 < 6 ? 2 : 60) },
  { name: "office hours", perDay: (hour) => (office(hour) ? 30 : 0) },
  { name: "office hours, in bursts", perDay: (hour) => (office(hour) ? 24 : 0.2), atOnce: 6 },
  { name: "one or two a day", perDay: (hour) => (office(hour) ? 4 : 0.3) },
  { name: "once a week", perDay: (hour) => (hour >= 34 && hour < 36 ? 36 : 0) },
];

/** Returns when the articles of a pattern appear, starting at `from` (a Monday 00:00 UTC). */
export function arrivalsOf({ perDay, atOnce = 1 }: Way, from: Date, weeks: number, seed: number) {
  const random = dice(seed);
  const found: Date[] = [];
  for (let hour = 0; hour < weeks * 168; hour++) {
    const mean = perDay(hour % 168) / 24 / atOnce;
    // Poisson distribution by Knuth's product.
    let product = random();
    for (; product > Math.exp(-mean); product *= random()) {
      const at = new Date(from.getTime() + (hour + random()) * HOUR_MS);
      for (let n = 0; n < atOnce; n++) found.push(at);
    }
  }
  return found.toSorted((a, b) => a.getTime() - b.getTime());
}
