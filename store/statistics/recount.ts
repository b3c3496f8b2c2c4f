import { dayIn } from "../../lib/time.ts";
import type { PendingChange } from "../../model/articles/article.ts";
import { timingOf, toVisible, type Visible } from "../../model/articles/item.ts";
import { purgedUntil } from "../articles/tombstones.ts";
import { headSeq, readCounted, VISIBLE_FIELDS } from "../publish/changes.ts";
import { addCount, swap } from "../publish/counters.ts";
import { findIn, projectionOf } from "../queries.ts";
import { dueBy, type Store } from "../store.ts";
import {
  countedKeys,
  emptyStatistics,
  type OpenStatistics,
  saveStatisticsSeq,
  statisticsCounters,
  stepsOf,
} from "./count.ts";

const CHANGE_BATCH_SIZE = 500;

const COUNTED = projectionOf([
  ...VISIBLE_FIELDS,
  "publishedAt",
  "publishedPrecision",
  "firstSeenAt",
  "servedAt",
  "origin",
]);

/**
 * Recounts a day while other processes write and count: counts the articles as they were at one
 * position in the stream, then adds the changes up to the position of the stored statistics.
 */
export async function recountDay(store: Store, day: string, now: Date): Promise<void> {
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
  let open = emptyStatistics(day).map(({ _id }) => _id);
  const base = tallied(day, visible.values());
  while (open.length > 0) open = await write(store, { base, at, open });
}

/** Returns changed articles as readers saw them at `at`; null for one that didn't exist then. */
async function changedSince(
  store: Store,
  at: number,
  now: Date,
): Promise<Map<string, Visible | null>> {
  // First the pending changes, then the stream, so that a change that moves from one to the other in between isn't
  // missed.
  const waiting = await untold(store, at, now);
  const first = new Map<string, Pick<PendingChange, "version" | "before">>();
  const note = (id: string, { version, before }: Pick<PendingChange, "version" | "before">) => {
    const known = first.get(id);
    if (!known || version < known.version) first.set(id, { version, before });
  };
  for (const { articleId, change } of waiting) note(articleId, change);
  for await (const change of changesBetween(store, at)) note(change.articleId, change);
  return new Map([...first].map(([id, { before }]) => [id, before]));
}

/** Returns the pending changes that weren't in the stream at a position. */
async function untold(store: Store, at: number, now: Date) {
  const { articles, changes } = store.collections;
  const soon = new Date(now.getTime() + 60_000);
  const found = await articles
    .find({ pendingAt: dueBy(soon) }, { projection: { pending: 1 } })
    .toArray();
  const sequenced = await findIn(
    changes,
    "articleId",
    found.map(({ _id }) => _id),
    { projection: { articleId: 1, version: 1, seq: 1 } },
  );
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

function tallied(day: string, articles: Iterable<Visible>): Map<string, OpenStatistics> {
  const statistics = new Map(
    emptyStatistics(day).map((figure) => [figure.dimension as string, figure]),
  );
  for (const visible of articles) {
    for (const [dimension, key] of countedKeys(visible)) {
      const figure = statistics.get(dimension);
      if (figure) addCount(figure.counts, key, 1);
    }
  }
  return new Map([...statistics.values()].map((figure) => [figure._id, figure]));
}

/** Returns the ids of statistics that another process has changed meanwhile, to write again. */
async function write(
  store: Store,
  { base, at, open }: { base: ReadonlyMap<string, OpenStatistics>; at: number; open: string[] },
): Promise<string[]> {
  const counters = statisticsCounters(store);
  const stored = await findIn(store.collections.statistics, "_id", open, {
    projection: { seq: 1 },
  });
  const seqs = new Map(stored.map(({ _id, seq }) => [_id, seq]));
  const changes = [];
  const last = Math.max(at, ...seqs.values());
  for await (const change of changesBetween(store, at, last)) changes.push(change);
  const steps = stepsOf(changes);
  const writes = open.flatMap((id) => {
    const counted = base.get(id);
    if (!counted) return [];
    const was = seqs.get(id) ?? 0;
    const tally = { ...counted, counts: new Map(counted.counts), seq: Math.max(at, was) };
    for (const step of steps.get(id) ?? []) if (step.seq <= was) counters.add(tally, step);
    return { was, doc: counters.shut(tally) };
  });
  return swap(store.collections.statistics, writes);
}

const LAST_DAY = "9999-12-31";

interface Rebuild {
  /** IANA time zone that defines a day. */
  timezone: string;
  now: () => Date;
  onDay?: (day: string, done: number) => void;
  signal?: AbortSignal;
}

/**
 * Recounts every day that still has all of its articles, while other processes read and count.
 * After an interruption, another call starts from the beginning.
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
  // An article that moved to another day is subtracted from its old day, so that day must be included.
  for await (const { before } of changesBetween(store, head)) {
    if (before && before.day > from && !done.has(before.day)) await recount(before.day);
  }
  await saveStatisticsSeq(store, head);
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
