import { HOUR_MS } from "../../lib/time.ts";
import type { Rhythm } from "../../model/sources/baseline.ts";
import { sumOfRate, timeUntilSum } from "../schedule/adaptive.ts";

const WEEK_HOURS = 168;
const WEEK_MS = WEEK_HOURS * HOUR_MS;
/** Time from 1970-01-01, a Thursday, to the first Monday. Weeks begin on Mondays. */
const MONDAY_OFFSET_MS = 4 * 24 * HOUR_MS;

/**
 * If more weeks have been counted, their counts are scaled down to this many weeks, so that older
 * articles count less.
 */
const MAX_COUNTED_WEEKS = 8;
/**
 * The rate of an hour of the week combines the hour's own count with an estimate from its weekday
 * and its hour of the day. The estimate weighs as much as this many weeks of counts.
 */
const PRIOR_WEEKS = 2;
const HALF_LIFE_MS = 60 * 24 * HOUR_MS;
/** Maximum factor by which a single new gap can raise a known rhythm's longest gap. */
const MAX_GAP_GROWTH_FACTOR = 1.5;
/** Maximum part of the time between two fetches that counts; the rest is probably an outage. */
const MAX_OBSERVED_GAP_MS = 36 * HOUR_MS;
const MIN_GAPS = 5;
/** Weeks until a rhythm is known. 15 days contain two weekends. */
const MIN_WEEKS = 15 / 7;
/**
 * Silence raises an alarm when it is this many times as long as the longest earlier gap between new
 * articles, or when this many times as many articles were expected in it as in any earlier gap.
 */
const SILENCE_FACTOR = 2;
const MIN_SILENCE_MS = HOUR_MS;
/** With fewer expected articles, only the length of a silence raises an alarm. */
const MIN_EXPECTED_ITEMS = 8;
/** How far ahead to search for the time at which silence becomes an alarm. */
const MAX_SILENCE_MS = 120 * 24 * HOUR_MS;

const MIN_SPIKE_ITEMS = 20;
const SPIKE_FACTOR = 6;

/** A fetch with new articles; `items` are their times of publication or, if unknown, discovery. */
export interface Arrival {
  at: Date;
  /** When new articles were last found, before this fetch; null if never. */
  lastNewAt: Date | null;
  lastFetchAt: Date | null;
  items: readonly Date[];
}

export function learnRhythm(before: Rhythm | undefined, arrival: Arrival): Rhythm {
  const { at, lastNewAt, lastFetchAt, items } = arrival;
  if (!before || !lastNewAt || !lastFetchAt) return before ?? blank(at);
  const watched = Math.max(0, lastFetchAt.getTime() - lastNewAt.getTime());
  const gap = watched + Math.min(at.getTime() - lastFetchAt.getTime(), MAX_OBSERVED_GAP_MS);
  const from = at.getTime() - gap;
  const expected = expectedItems(before, new Date(from), at);
  const weeks = before.weeks + gap / WEEK_MS;
  const fade = weeks > MAX_COUNTED_WEEKS ? MAX_COUNTED_WEEKS / weeks : 1;
  const counted = before.items.map((count) => count * fade);
  // A republished archive says nothing about the hour in which it appears.
  const weight = Math.min(1, (SPIKE_FACTOR * (expected + MIN_SPIKE_ITEMS)) / items.length);
  for (const item of items) {
    const hour = hourOf(Math.min(Math.max(item.getTime(), from), at.getTime()));
    counted[hour] = (counted[hour] ?? 0) + weight;
  }
  const old = 0.5 ** (gap / HALF_LIFE_MS);
  const longest = (now: number, was: number, least: number) =>
    Math.max(
      Math.min(now, isKnown(before) ? MAX_GAP_GROWTH_FACTOR * Math.max(was, least) : now),
      was * old,
    );
  return {
    items: counted,
    weeks: weeks * fade,
    longest: {
      ms: longest(gap, before.longest.ms, MIN_SILENCE_MS),
      expected: longest(expected, before.longest.expected, MIN_EXPECTED_ITEMS / SILENCE_FACTOR),
    },
    gaps: before.gaps + 1,
    since: before.since,
  };
}

/** Returns when silence becomes an alarm if nothing comes after `last`; null if unknown. */
export function silentAfter(rhythm: Rhythm, last: Date): Date | null {
  if (!isKnown(rhythm)) return null;
  const { ms, expected } = rhythm.longest;
  const wanted = Math.max(MIN_EXPECTED_ITEMS, SILENCE_FACTOR * expected);
  const quiet = timeUntilSum(rateOf(rhythm), last, wanted, MAX_SILENCE_MS);
  const latest = Math.max(MIN_SILENCE_MS, SILENCE_FACTOR * ms);
  return new Date(last.getTime() + Math.min(Math.max(quiet, MIN_SILENCE_MS), latest));
}

export function spikeIn(
  rhythm: Rhythm | undefined,
  { at, lastFetchAt, items }: Pick<Arrival, "at" | "lastFetchAt" | "items">,
): { items: number; expected: number; at: Date } | null {
  if (!rhythm || !lastFetchAt || rhythm.weeks < 1 / 7 || items.length < MIN_SPIKE_ITEMS)
    return null;
  const expected = expectedItems(rhythm, lastFetchAt, at);
  return items.length > SPIKE_FACTOR * (expected + 1)
    ? { items: items.length, expected, at }
    : null;
}

export function expectedItems(rhythm: Rhythm, from: Date, to: Date): number {
  return sumOfRate(rateOf(rhythm), from, to);
}

function blank(since: Date): Rhythm {
  const items = Array.from({ length: WEEK_HOURS }, () => 0);
  return { items, weeks: 0, longest: { ms: 0, expected: 0 }, gaps: 0, since };
}

function isKnown({ gaps, weeks }: Rhythm): boolean {
  return gaps >= MIN_GAPS && weeks >= MIN_WEEKS;
}

/**
 * Returns a function that returns the expected articles per hour at a time (ms), smoothed so that
 * one empty week doesn't make a rate 0.
 */
function rateOf({ items, weeks }: Rhythm): (at: number) => number {
  const all = items.reduce((sum, count) => sum + count, 0);
  if (all === 0 || weeks === 0) return () => 0;
  const share = (is: (hour: number) => boolean) =>
    items.reduce((sum, count, hour) => sum + (is(hour) ? count : 0), 0) / all;
  const byHour = Array.from({ length: 24 }, (_, n) => share((hour) => hour % 24 === n));
  const byDay = Array.from({ length: 7 }, (_, n) => share((hour) => Math.floor(hour / 24) === n));
  const rates = items.map((count, hour) => {
    const common = (all / weeks) * (byHour[hour % 24] ?? 0) * (byDay[Math.floor(hour / 24)] ?? 0);
    return (count + PRIOR_WEEKS * common) / (weeks + PRIOR_WEEKS);
  });
  return (at) => rates[hourOf(at)] ?? 0;
}

function hourOf(time: number): number {
  const since = (time - MONDAY_OFFSET_MS) % WEEK_MS;
  return Math.floor((since < 0 ? since + WEEK_MS : since) / HOUR_MS);
}
