import type { Article } from "../../model/articles/article.ts";
import { toVisible, type Visible } from "../../model/articles/item.ts";
import type { Day } from "../../model/publish/day.ts";
import type { Store } from "../store.ts";
import { type CountedChange, readCounted } from "./changes.ts";
import {
  addCount,
  type Counters,
  type Counts,
  countOnce,
  openCounts,
  shutCounts,
} from "./counters.ts";

/** `_id` of the document that counts everything; its `seq` is how far the stream is counted. */
export const ALL = "all";

/**
 * Counts the changes that follow the last counted one; returns how many there were (0: up to date).
 * Any number of processes may call it at the same time: each document takes a change only once. Who knows up to
 * which change they are counted gives it as `after`, and spares a read.
 */
export async function countUp(store: Store, limit = 200, after?: number): Promise<number> {
  const changes = await readCounted(store, after ?? (await getDay(store, ALL)).seq, limit);
  await countChanges(store, changes);
  return changes.length;
}

/**
 * Applies changes, ascending by `seq` and gap-free with what was counted before, to the counters
 * of their days and of everything. Idempotent; takes one read and one write per batch.
 */
export async function countChanges(store: Store, changes: readonly CountedChange[]): Promise<void> {
  const last = changes.at(-1);
  if (!last) return;
  const perDay = new Map<string, Step[]>();
  for (const change of changes) {
    for (const step of stepsOf(change)) {
      perDay.set(step.day, [...(perDay.get(step.day) ?? []), step]);
    }
  }
  // "all" comes last: once it says seq n, every day has counted n.
  perDay.set(ALL, [...perDay.values()].flat());
  await countOnce(countersOf(store), perDay, { id: ALL, seq: last.seq });
}

/** One day's counters (`YYYY-MM-DD` or `ALL`), all zero when nothing happened on it. */
export async function getDay(store: Store, id: string): Promise<Day> {
  return (await getDays(store, [id]))(id);
}

/** Counters of several days in one read: a function that answers each of them. */
export async function getDays(store: Store, ids: string[]): Promise<(id: string) => Day> {
  const docs = await store.collections.days.find({ _id: { $in: ids } }).toArray();
  const found = new Map(docs.map((day) => [day._id, toTally(day)]));
  return (id) => toDay(found.get(id) ?? emptyTally(id));
}

interface Step {
  seq: number;
  day: string;
  amount: 1 | -1;
  visible: Visible;
}

function stepsOf(change: CountedChange): Step[] {
  const { seq, before } = change;
  const now = toVisible(change.item);
  const steps: Step[] = [];
  if (before && isCounted(before))
    steps.push({ seq, day: before.day, amount: -1, visible: before });
  if (isCounted(now)) steps.push({ seq, day: now.day, amount: 1, visible: now });
  return steps;
}

/** Copies count for what they reserve alone. */
function isCounted({ listed, status, denies }: Visible): boolean {
  return listed || (status === "published" && denies !== undefined);
}

/** The counters of days, and of everything. */
function countersOf({ collections }: Store): Counters<Day, Tally, Step> {
  return {
    collection: collections.days,
    open: (day, id) => (day ? toTally(day) : emptyTally(id)),
    add: (tally, { visible, amount }) => addTo(tally, visible, amount),
    shut: (tally) => toDay(tally, false),
  };
}

/** A day's counters in memory, with maps that take any key. */
interface Tally {
  _id: string;
  seq: number;
  articles: number;
  bySource: Counts;
  byTopic: Counts;
  byCountry: Counts;
  byLanguage: Counts;
  byDenied: Counts;
}

/** A day on which nothing happened yet. */
function emptyTally(id: string): Tally {
  return {
    _id: id,
    seq: 0,
    articles: 0,
    bySource: new Map(),
    byTopic: new Map(),
    byCountry: new Map(),
    byLanguage: new Map(),
    byDenied: new Map(),
  };
}

/** Adds (+1) or takes away (-1) one article, in place. */
function addTo(tally: Tally, visible: Visible, amount: 1 | -1): void {
  for (const use of visible.denies ?? []) addCount(tally.byDenied, use, amount);
  if (!visible.listed) return;
  tally.articles += amount;
  addCount(tally.bySource, visible.sourceId, amount);
  for (const topic of new Set(visible.topics)) addCount(tally.byTopic, topic, amount);
  if (visible.country) addCount(tally.byCountry, visible.country, amount);
  if (visible.language) addCount(tally.byLanguage, visible.language, amount);
}

/** A day document in memory. */
function toTally(day: Day): Tally {
  return { ...day, ...each({ byDenied: {}, ...day }, openCounts) };
}

/** The day of a tally; for the store its keys are escaped (`plain` false). */
function toDay(tally: Tally, plain = true): Day {
  return { ...tally, ...each(tally, plain ? Object.fromEntries<number> : shutCounts) };
}

function each<From, To>(
  day: Record<"bySource" | "byTopic" | "byCountry" | "byLanguage" | "byDenied", From>,
  turn: (counts: From) => To,
) {
  return {
    bySource: turn(day.bySource),
    byTopic: turn(day.byTopic),
    byCountry: turn(day.byCountry),
    byLanguage: turn(day.byLanguage),
    byDenied: turn(day.byDenied),
  };
}

/** Days that are listed: 136 years. */
const DAYS = 50_000;

/** Days that have listed articles, newest first, and how many; days are one small document each. */
export async function daysWithArticles({
  collections,
}: Store): Promise<{ day: string; articles: number }[]> {
  const days = await collections.days
    .find({}, { projection: { articles: 1 } })
    .limit(DAYS)
    .toArray();
  return days
    .filter(({ _id, articles }) => _id !== ALL && articles > 0)
    .map(({ _id: day, articles }) => ({ day, articles }))
    .toSorted((a, b) => (a.day < b.day ? 1 : -1));
}

const FIELDS = {
  sourceId: 1,
  status: 1,
  duplicateOf: 1,
  day: 1,
  modifiedAt: 1,
  sortAt: 1,
  topics: 1,
  country: 1,
  language: 1,
} as const;

/**
 * A page (from 1) of the listed articles of a day, without their words, the oldest first: what comes
 * later is on the last page, and those before it stay as they are.
 */
export async function dayAddresses(
  { collections }: Store,
  day: string,
  { page, size }: { page: number; size: number },
): Promise<Pick<Article, "_id" | "sortAt" | "modifiedAt">[]> {
  const at = Date.parse(`${day}T00:00:00Z`);
  // A day of a time zone lies within these bounds.
  const sortAt = { $gte: new Date(at - 86_400_000), $lt: new Date(at + 2 * 86_400_000) };
  const found = collections.articles
    .find<Pick<Article, keyof typeof FIELDS | "_id">>({ day, sortAt }, { projection: FIELDS })
    .sort({ sortAt: 1, _id: 1 })
    .batchSize(2000);
  const articles: Pick<Article, "_id" | "sortAt" | "modifiedAt">[] = [];
  let left = (page - 1) * size;
  for await (const article of found) {
    // Copies are stored, too, so that only those that are listed tell where a page begins.
    if (!toVisible(article).listed || left-- > 0) continue;
    if (articles.push(article) === size) break;
  }
  return articles;
}
