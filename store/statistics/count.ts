import { dayIn } from "../../lib/time.ts";
import {
  type PendingChange,
  timingOf,
  toVisible,
  type Visible,
} from "../../model/articles/article.ts";
import { COUNTED_BY, type CountedBy, type DayStatistics } from "../../model/publish/statistics.ts";
import { purgedUntil } from "../articles/articles.ts";
import { type CountedChange, headSeq, readCounted, VISIBLE_FIELDS } from "../publish/changes.ts";
import { addStoredCount, countOnce, replaceUnchanged } from "../publish/counters.ts";
import { findById, findIn, projectionOf, readMeta, soon, writeMeta } from "../queries.ts";
import { dueBy, type Store } from "../store.ts";

interface CountStep {
  seq: number;
  key: string;
  amount: 1 | -1;
}

/**
 * Returns the `seq` of the last change that the statistics include; null before their first build.
 */
export function readStatisticsSeq(store: Store): Promise<number | null> {
  return readMeta(store, "statistics");
}

/**
 * Adds the changes after `after` to the statistics. Returns the `seq` of the last change; null if
 * there was none. Several processes can call this at once.
 */
export async function countStatistics(
  store: Store,
  after: number,
  limit: number,
): Promise<number | null> {
  const changes = await readCounted(store, after, limit);
  const last = changes.at(-1);
  if (!last) return null;
  const { statistics: collection } = store.collections;
  const counters = { collection, empty: emptyStatistics, add: addStep };
  await countOnce(counters, stepsOf(changes), null);
  await writeMeta(store, "$max", "statistics", last.seq);
  return last.seq;
}

function stepsOf(changes: readonly CountedChange[]): Map<string, CountStep[]> {
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

function emptyStatistics(_id: string): DayStatistics {
  const [day, dimension] = _id.split(" ") as [string, CountedBy];
  return { _id, day, dimension, seq: 0, counts: {} };
}

function addStep({ counts }: DayStatistics, { key, amount }: CountStep): void {
  addStoredCount(counts, key, amount);
}

export const STATES = ["listed", "copies", "unlisted", "retracted"] as const;
type State = (typeof STATES)[number];

const MAX_NEWS_DELAY_SECONDS = 2 * 86_400;
export const OLDER = "older";

/**
 * Returns the keys of the counts that an article increases by one:
 * - its state, always.
 * - its topics, place and language, if it is listed.
 * - its delays, and the flow of news to its source, unless it is retracted.
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

/** With this factor, quantiles are off by 10 % at most. */
const BUCKET_GROWTH_FACTOR = 1.2;
const LOG_GROWTH_FACTOR = Math.log(BUCKET_GROWTH_FACTOR);
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

const CHANGE_BATCH_SIZE = 500;

const COUNTED = projectionOf([
  ...VISIBLE_FIELDS,
  "publishedAt",
  "publishedPrecision",
  "firstSeenAt",
  "servedAt",
  "origin",
]);

/** Recounts the statistics of a day while other processes write and count. */
export async function recountDay(store: Store, day: string, now: Date): Promise<void> {
  // Counts the articles as they were at this position, then adds the later changes.
  const at = await headSeq(store);
  const visible = new Map<string, Visible>();
  const articles = store.collections.articles.find({ day }, { projection: COUNTED });
  for await (const article of articles) {
    visible.set(article._id, toVisible({ ...article, timing: timingOf(article) }));
  }
  for (const [id, before] of await changedSince(store, at, now)) {
    if (before?.day === day) visible.set(id, before);
    else visible.delete(id);
  }
  const base = tallied(day, visible.values());
  let open = [...base.keys()];
  while (open.length > 0) open = await writeStatistics(store, { base, at, open });
}

/**
 * Returns the articles that changed after position `at` of the change stream, as they were at `at`;
 * null for articles that didn't exist then.
 */
async function changedSince(
  store: Store,
  at: number,
  now: Date,
): Promise<Map<string, Visible | null>> {
  // First the pending changes, then the stream, so that a change that moves from one to the other
  // in between isn't missed.
  const waiting = await pendingAfter(store, at, now);
  const first = new Map<string, Pick<PendingChange, "version" | "before">>();
  const note = (id: string, { version, before }: Pick<PendingChange, "version" | "before">) => {
    const known = first.get(id);
    if (!known || version < known.version) first.set(id, { version, before });
  };
  for (const { articleId, change } of waiting) note(articleId, change);
  for await (const change of changesBetween(store, at)) note(change.articleId, change);
  return new Map([...first].map(([id, { before }]) => [id, before]));
}

async function pendingAfter(store: Store, at: number, now: Date) {
  const { articles, changes } = store.collections;
  const found = await articles
    .find({ pendingAt: dueBy(soon(now)) }, { projection: { pending: 1 } })
    .toArray();
  const ids = found.map(({ _id }) => _id);
  const projection = { articleId: 1, version: 1, seq: 1 };
  const sequenced = await findIn(changes, "articleId", ids, { projection });
  const before = sequenced.filter(({ seq }) => seq <= at);
  const known = new Set(before.map(({ articleId, version }) => `${articleId}:${version}`));
  return found
    .flatMap(({ _id: articleId, pending }) => pending.map((change) => ({ articleId, change })))
    .filter(({ articleId, change }) => !known.has(`${articleId}:${change.version}`));
}

async function* changesBetween(store: Store, after: number, until = Infinity) {
  for (let at = after; at < until; ) {
    const page = await readCounted(store, at, Math.min(CHANGE_BATCH_SIZE, until - at));
    const last = page.at(-1);
    if (!last) return;
    yield* page;
    at = last.seq;
  }
}

function tallied(day: string, articles: Iterable<Visible>): Map<string, DayStatistics> {
  const ids = COUNTED_BY.map((dimension) => statisticsId(day, dimension));
  const statistics = new Map(ids.map((id) => [id, emptyStatistics(id)]));
  for (const visible of articles) {
    for (const [dimension, key] of countedKeys(visible)) {
      const figure = statistics.get(statisticsId(day, dimension));
      if (figure) addStoredCount(figure.counts, key, 1);
    }
  }
  return statistics;
}

async function writeStatistics(
  store: Store,
  { base, at, open }: { base: ReadonlyMap<string, DayStatistics>; at: number; open: string[] },
): Promise<string[]> {
  const stored = await findById(store.collections.statistics, open, { projection: { seq: 1 } });
  const seqs = new Map([...stored].map(([id, { seq }]) => [id, seq]));
  const changes = [];
  const last = Math.max(at, ...seqs.values());
  for await (const change of changesBetween(store, at, last)) changes.push(change);
  const steps = stepsOf(changes);
  const writes = open.flatMap((id) => {
    const counted = base.get(id);
    if (!counted) return [];
    const was = seqs.get(id) ?? 0;
    const doc = { ...counted, counts: { ...counted.counts }, seq: Math.max(at, was) };
    for (const step of steps.get(id) ?? []) if (step.seq <= was) addStep(doc, step);
    return { was, doc };
  });
  return replaceUnchanged(store.collections.statistics, writes);
}

const LAST_DAY = "9999-12-31";

interface Rebuild {
  timezone: string;
  now: () => Date;
  onDay?: (day: string, done: number) => void;
  signal?: AbortSignal;
}

/**
 * Recounts the statistics of every day whose articles are all still stored. After an interruption,
 * the next call starts from the beginning.
 */
export async function rebuildStatistics(
  store: Store,
  { timezone, now, onDay, signal }: Rebuild,
): Promise<void> {
  const head = await headSeq(store);
  const purged = await purgedUntil(store);
  const from = purged ? dayIn(timezone, purged) : "";
  const done = new Set<string>();
  const recount = async (day: string) => {
    await recountDay(store, day, now());
    done.add(day);
    onDay?.(day, done.size);
  };
  for (let day = from; ; ) {
    if (signal?.aborted) return;
    const next = await nextDay(store, day);
    if (next === null) break;
    day = next;
    await recount(day);
  }
  // An article that moved to another day is subtracted from its old day, so include that day.
  for await (const { before } of changesBetween(store, head)) {
    if (before && before.day > from && !done.has(before.day)) await recount(before.day);
  }
  await writeMeta(store, "$max", "statistics", head);
}

async function nextDay({ collections }: Store, after: string): Promise<string | null> {
  const later = { day: { $gt: after, $lte: LAST_DAY } };
  const sort = { sort: { day: 1 }, projection: { day: 1 } } as const;
  const [article, figure] = await Promise.all([
    collections.articles.findOne(later, sort),
    collections.statistics.findOne({ dimension: "state", ...later }, sort),
  ]);
  return [article?.day, figure?.day].filter((day) => day !== undefined).toSorted()[0] ?? null;
}
