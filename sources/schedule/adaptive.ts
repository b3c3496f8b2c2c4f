import { HOUR_MS } from "../../lib/time.ts";
import type { SourceRecord } from "../../model/sources/source.ts";

type Arrivals = NonNullable<SourceRecord["arrivals"]>;

const RATE_HALF_LIFE_HOURS = 48;
const PROFILE_HALF_LIFE_HOURS = 14 * 24;
/** Number of articles that are added to the observed ones, so that a new source has a rate. */
const PRIOR_ITEMS = 0.5;
/** Number of hours that are added to the observed ones, together with `PRIOR_ITEMS` articles. */
const PRIOR_HOURS = 6;
/** A smaller number would waste requests, a larger one would delay news. */
const EXPECTED_ITEMS_PER_VISIT = 0.7;
const MIN_HOUR_FACTOR = 0.25;
const MAX_HOUR_FACTOR = 2;

/**
 * Returns the arrival model after a visit. `newItems` are the times at which new articles were
 * published or, if that is unknown, found; `since` is the previous visit, null for the first.
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

/**
 * Returns the expected number of articles per hour at a time in epoch ms. It is constant within
 * each hour.
 */
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

/** Returns the time from `from` until a rate adds up to `wanted`, in ms; at most `most`. */
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

/** Returns how busy an hour is relative to the mean, from 0.25 to 2; 1 if nothing is known. */
function hourFactor(byHour: number[] | undefined, hour: number): number {
  if (!byHour) return 1;
  const of = (h: number) => byHour[(h + 24) % 24] ?? 0;
  const mean = byHour.reduce((sum, count) => sum + count, 0) / 24;
  const here = (of(hour - 1) + 2 * of(hour) + of(hour + 1)) / 4;
  return Math.min(Math.max((here + 1) / (mean + 1), MIN_HOUR_FACTOR), MAX_HOUR_FACTOR);
}
