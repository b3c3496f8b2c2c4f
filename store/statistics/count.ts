import { toVisible, type Visible } from "../../model/articles/item.ts";
import { COUNTED_BY, type CountedBy, type DayStatistics } from "../../model/publish/statistics.ts";
import { type CountedChange, readCounted } from "../publish/changes.ts";
import {
  addCount,
  type Counters,
  type Counts,
  countOnce,
  openCounts,
  shutCounts,
} from "../publish/counters.ts";
import type { Store } from "../store.ts";

export interface OpenStatistics extends Omit<DayStatistics, "counts"> {
  counts: Counts;
}

/** `seq` is the number of the change in the stream that caused the step. */
interface CountStep {
  seq: number;
  key: string;
  amount: 1 | -1;
}

/** Returns the `seq` of the last change in the statistics; null if they were never built. */
export async function readStatisticsSeq({ collections }: Store): Promise<number | null> {
  return (await collections.meta.findOne({ _id: "statistics" }))?.value ?? null;
}

export async function saveStatisticsSeq({ collections }: Store, value: number): Promise<void> {
  await collections.meta.updateOne({ _id: "statistics" }, { $max: { value } }, { upsert: true });
}

/**
 * Counts changes after `after`, and returns the `seq` of the last; null if there was none. Any
 * number of processes can call this at the same time.
 */
export async function countStatistics(
  store: Store,
  after: number,
  limit: number,
): Promise<number | null> {
  const changes = await readCounted(store, after, limit);
  const last = changes.at(-1);
  if (!last) return null;
  await countOnce(statisticsCounters(store), stepsOf(changes), null);
  await saveStatisticsSeq(store, last.seq);
  return last.seq;
}

/** Returns the steps by statistic id. */
export function stepsOf(changes: readonly CountedChange[]): Map<string, CountStep[]> {
  const steps = new Map<string, CountStep[]>();
  const note = (seq: number, { day }: Visible, keys: [CountedBy, string][], amount: 1 | -1) => {
    for (const [thing, key] of keys) {
      const id = statisticsId(day, thing);
      steps.set(id, [...(steps.get(id) ?? []), { seq, key, amount }]);
    }
  };
  for (const { seq, before, item } of changes) {
    const now = toVisible(item);
    if (before) note(seq, before, countedKeys(before), -1);
    note(seq, now, countedKeys(now), 1);
  }
  return steps;
}

export function statisticsId(day: string, dimension: CountedBy): string {
  return `${day} ${dimension}`;
}

export function emptyStatistics(day: string): OpenStatistics[] {
  return COUNTED_BY.map((dimension) => ({
    _id: statisticsId(day, dimension),
    day,
    dimension,
    seq: 0,
    counts: new Map(),
  }));
}

/** Returns the collection of the statistics, and how to load, add to and store their counts. */
export function statisticsCounters({
  collections,
}: Store): Counters<DayStatistics, OpenStatistics, CountStep> {
  return {
    collection: collections.statistics,
    open: (figure, id) => {
      if (figure) return { ...figure, counts: openCounts(figure.counts) };
      const [day, dimension] = id.split(" ") as [string, CountedBy];
      return { _id: id, day, dimension, seq: 0, counts: new Map() };
    },
    add: ({ counts }, { key, amount }) => addCount(counts, key, amount),
    shut: (tally) => ({ ...tally, counts: shutCounts(tally.counts) }),
  };
}

export const STATES = ["listed", "copies", "unlisted", "retracted"] as const;
type State = (typeof STATES)[number];

/** An article with a longer delay comes from an archive, and is counted in the bucket `OLDER`. */
const MAX_NEWS_DELAY_SECONDS = 2 * 86_400;
export const OLDER = "older";

/**
 * Returns the counts that an article increases by one. `state` counts every article; places, topics
 * and languages only listed articles, so that copies don't count twice; the others, articles that
 * aren't retracted and whose times or origins are known.
 */
export function countedKeys(visible: Visible): [CountedBy, string][] {
  const { sourceId, status, listed, timing } = visible;
  const keys: [CountedBy, string][] = [["state", `${sourceId} ${stateOf(visible)}`]];
  if (listed) keys.push(...breakdownOf(visible));
  if (status === "retracted" || !timing) return keys;
  const { seenAfter, servedAfter, origin } = timing;
  if (seenAfter !== null) keys.push(["seen", `${sourceId} ${spanOf(seenAfter)}`]);
  if (servedAfter !== null) keys.push(["served", `${sourceId} ${spanOf(servedAfter)}`]);
  if (origin) keys.push(["flow", `${origin.sourceId} ${sourceId} ${bucketOf(origin.after)}`]);
  return keys;
}

function breakdownOf({ topics, country, region, city, language }: Visible): [CountedBy, string][] {
  const keys = [...new Set(topics)].map((topic): [CountedBy, string] => ["topic", topic]);
  if (country) keys.push(["country", country]);
  if (region) keys.push(["region", region]);
  if (country && city) keys.push(["city", `${country} ${city}`]);
  if (language) keys.push(["language", language]);
  return keys;
}

function stateOf({ status, listed }: Visible): State {
  if (status !== "published") return status;
  return listed ? "listed" : "copies";
}

function spanOf(seconds: number): string {
  return seconds > MAX_NEWS_DELAY_SECONDS ? OLDER : String(bucketOf(seconds));
}

/** A quantile read from the buckets is off by at most a tenth; counts of days can be added. */
const BUCKET_GROWTH_FACTOR = 1.2;
const LOG_GROWTH_FACTOR = Math.log(BUCKET_GROWTH_FACTOR);
/** Shorter durations share the first bucket. */
const MIN_BUCKET_SECONDS = 0.1;

export function bucketOf(seconds: number): number {
  return Math.ceil(Math.log(Math.max(seconds, MIN_BUCKET_SECONDS)) / LOG_GROWTH_FACTOR);
}

/** Returns an approximate quantile in seconds (`share`: 0 to 1); null if nothing was counted. */
export function quantile(buckets: ReadonlyMap<number, number>, share: number): number | null {
  const inOrder = [...buckets].filter(([, count]) => count > 0).toSorted(([a], [b]) => a - b);
  const wanted = share * inOrder.reduce((sum, [, count]) => sum + count, 0);
  let passed = 0;
  for (const [bucket, count] of inOrder) {
    passed += count;
    if (passed >= wanted)
      return rounded((2 * BUCKET_GROWTH_FACTOR ** bucket) / (BUCKET_GROWTH_FACTOR + 1));
  }
  return null;
}

function rounded(seconds: number): number {
  return Number(seconds.toPrecision(3));
}
