import { HOUR_MS } from "../../lib/time.ts";
import {
  type Baseline,
  type Drift,
  EMPTY_SAMPLE,
  type Rhythm,
  type Sample,
  type Sums,
  WATCHED_FIELDS,
  type WatchedField,
} from "../../model/sources/learned.ts";
import { sumOfRate, timeUntilSum } from "../schedule/next-due.ts";

const LATEST_RUN_COUNT = 3;
const MIN_PAST_ARTICLES = 30;
const MIN_LATEST_ARTICLES = 3;
const MAX_PAST_ARTICLES = 300;
const MAX_P_VALUE = 1e-5;
const MIN_SHARE_RISE = 0.3;
const MIN_STANDARD_ERRORS = 5;
/**
 * Minimum values for the standard deviation of the logarithm of a text's length, and of the share
 * of a text that other articles also contain.
 */
const MIN_SPREAD = { length: 0.35, shared: 0.1 };
const MIN_MEASURE_CHANGE = { length: Math.log(2.5), shared: 0.35 };

type Samples = Required<Pick<Baseline, "recent" | "usual">>;

/**
 * Adds a run and returns the drift. If there is none, adds the runs before the latest three to the
 * baseline (`usual`).
 */
export function afterRun(
  before: Pick<Baseline, "recent" | "usual">,
  run: Sample,
): Samples & { drift: Drift[] } {
  const runs = [...(before.recent ?? []), run];
  const recent = runs.slice(-LATEST_RUN_COUNT);
  const usual = before.usual ?? EMPTY_SAMPLE;
  const drift = driftOf(usual, recent);
  // Wrong extractions never enter the baseline.
  const past = drift.length > 0 ? [] : runs.slice(0, -LATEST_RUN_COUNT);
  return {
    recent,
    usual: past.reduce((sum, one) => scaledToLimit(addSamples(sum, one)), usual),
    drift,
  };
}

/** Returns a baseline made from the latest runs, so that these no longer count as drift. */
export function acceptDrift({ recent = [] }: Pick<Baseline, "recent">): Samples {
  const sum = recent.reduce(addSamples, EMPTY_SAMPLE);
  // Scaled to the minimum number of past articles, so that a verdict is possible at once.
  return {
    recent,
    usual: sum.articles === 0 ? sum : scaleSample(sum, MIN_PAST_ARTICLES / sum.articles),
  };
}

/** Returns the drift that both the latest runs together and the last run alone show. */
function driftOf(usual: Sample, recent: readonly Sample[]): Drift[] {
  const last = recent.at(-1);
  if (!last || usual.articles < MIN_PAST_ARTICLES) return [];
  const found = new Map<string, Drift>();
  for (let runs = 1; runs <= recent.length; runs++) {
    const latest = recent.slice(-runs).reduce(addSamples, EMPTY_SAMPLE);
    if (latest.articles + latest.empty < MIN_LATEST_ARTICLES) continue;
    for (const drift of drifted(usual, latest, last)) {
      const key = `${drift.field} ${drift.kind}`;
      if (!found.has(key)) found.set(key, drift);
    }
  }
  return [...found.values()];
}

function drifted(usual: Sample, latest: Sample, last: Sample): Drift[] {
  const counts: [WatchedField, Drift["kind"], (sample: Sample) => number][] = [
    ...WATCHED_FIELDS.flatMap((field): typeof counts => [
      [field, "missing", ({ missing }) => missing[field] ?? 0],
      [field, "unselected", ({ unselected }) => unselected[field] ?? 0],
    ]),
    ["title", "repeated", ({ repeated }) => repeated],
    ["title", "contradicted", ({ contradicted }) => contradicted.title ?? 0],
    ["publishedAt", "contradicted", ({ contradicted }) => contradicted.publishedAt ?? 0],
    ["text", "empty", ({ empty }) => empty],
  ];
  const byCount = counts.flatMap(([field, kind, of]): Drift[] => {
    // Pages without an article are counted among all pages, everything else among articles.
    const total = ({ articles, empty }: Sample) => articles + (kind === "empty" ? empty : 0);
    const bad = { count: of(latest), of: total(latest) };
    const share = of(usual) / total(usual);
    const rises =
      isRise(bad, share, usual.articles) && of(last) >= (share + MIN_SHARE_RISE) * total(last);
    return rises && total(last) > 0
      ? [{ field, kind, ...bad, usual: share, now: bad.count / bad.of }]
      : [];
  });
  return [
    ...byCount,
    ...measured("length", usual, latest, last),
    ...measured("shared", usual, latest, last),
  ];
}

export function addSamples(a: Sample, b: Sample): Sample {
  return combine(a, b, (one, other) => one + other);
}

function scaleSample(sample: Sample, factor: number): Sample {
  return combine(sample, EMPTY_SAMPLE, (one) => one * factor);
}

/** Combines each number of `a` with the number of the same name in `b`, or with 0. */
function combine<T extends object>(a: T, b: T, of: (one: number, other: number) => number): T {
  const names = new Set([...Object.keys(a), ...Object.keys(b)]) as Set<keyof T>;
  const combined = Array.from(names, (name) => {
    const [one, other] = [a[name] ?? 0, b[name] ?? 0];
    const areCounts = typeof one === "object" && typeof other === "object";
    return [name, areCounts ? combine<object>(one, other, of) : of(Number(one), Number(other))];
  });
  return Object.fromEntries(combined) as T;
}

function scaledToLimit(sample: Sample): Sample {
  return scaleSample(sample, Math.min(1, MAX_PAST_ARTICLES / sample.articles));
}

/** Whether a share rose, by a one-sided binomial test. */
function isRise({ count, of }: { count: number; of: number }, share: number, past: number) {
  if (of < MIN_LATEST_ARTICLES || count / of - share < MIN_SHARE_RISE) return false;
  const usual = (share * past + 0.5) / (past + 1);
  let term = (1 - usual) ** of;
  let tail = count === 0 ? 1 : 0;
  for (let k = 1; k <= of; k++) {
    term *= ((of - k + 1) / k) * (usual / (1 - usual));
    if (k >= count) tail += term;
  }
  return tail < MAX_P_VALUE;
}

function measured(kind: "length" | "shared", usual: Sample, latest: Sample, last: Sample): Drift[] {
  const n = latest.articles;
  if (n < MIN_LATEST_ARTICLES || last.articles === 0) return [];
  const before = mean(usual[kind], usual.articles);
  const now = mean(latest[kind], n);
  const spread = Math.max(MIN_SPREAD[kind], deviation(usual[kind], usual.articles));
  const change = (value: number) => (kind === "length" ? Math.abs(value - before) : value - before);
  const isLarge = (value: number) => change(value) > MIN_MEASURE_CHANGE[kind];
  if (!isLarge(now) || !isLarge(mean(last[kind], last.articles))) return [];
  if (change(now) < (MIN_STANDARD_ERRORS * spread) / Math.sqrt(n)) return [];
  const shown = kind === "length" ? Math.exp : (value: number) => value;
  return [{ field: "text", kind, count: n, of: n, usual: shown(before), now: shown(now) }];
}

function mean({ sum }: Sums, n: number): number {
  return sum / n;
}

function deviation({ sum, squares }: Sums, n: number): number {
  return Math.sqrt(Math.max(0, squares / n - (sum / n) ** 2));
}

const WEEK_HOURS = 168;
const WEEK_MS = WEEK_HOURS * HOUR_MS;
/** The epoch began on a Thursday. */
const MONDAY_OFFSET_MS = 4 * 24 * HOUR_MS;

const MAX_COUNTED_WEEKS = 8;
const PRIOR_WEEKS = 2;
const HALF_LIFE_MS = 60 * 24 * HOUR_MS;
const MAX_GAP_GROWTH_FACTOR = 1.5;
/** More time between two fetches is probably an outage. */
const MAX_OBSERVED_GAP_MS = 36 * HOUR_MS;
const MIN_GAPS = 5;
/** 15 days in a row contain each hour of the week at least twice. */
const MIN_WEEKS = 15 / 7;
const SILENCE_FACTOR = 2;
const MIN_SILENCE_MS = HOUR_MS;
const MIN_EXPECTED_ITEMS = 8;
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
  if (!before || !lastNewAt || !lastFetchAt) return before ?? emptyRhythm(at);
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

/**
 * Returns when to raise an alarm if no new article appears after `last`. Null if the rhythm of the
 * source isn't known yet.
 */
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

function emptyRhythm(since: Date): Rhythm {
  const items = Array.from({ length: WEEK_HOURS }, () => 0);
  return { items, weeks: 0, longest: { ms: 0, expected: 0 }, gaps: 0, since };
}

function isKnown({ gaps, weeks }: Rhythm): boolean {
  return gaps >= MIN_GAPS && weeks >= MIN_WEEKS;
}

/**
 * Returns a function from a time (ms) to the expected number of articles per hour. Averages of the
 * hour of day and of the weekday smooth the numbers.
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

/** Returns how many of the latest `count` articles share a title; with few titles, an estimate. */
export function repeatedTitles(titles: readonly string[], count: number): number {
  const latest = titles.slice(-count);
  if (latest.length === 0) return 0;
  const isRepeated = (title: string) => titles.indexOf(title) !== titles.lastIndexOf(title);
  // If there are fewer titles than `count`, they represent the rest.
  return Math.round((latest.filter(isRepeated).length / latest.length) * count);
}
