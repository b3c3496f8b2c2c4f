import type { AnyBulkWriteOperation, Collection, Filter } from "mongodb";
import { chunksOf } from "../../lib/async.ts";
import { type Article, isListed, toVisible, type Visible } from "../../model/articles/article.ts";
import type { Day } from "../../model/publish/day.ts";
import { findById, isDuplicateKey } from "../queries.ts";
import type { Store } from "../store.ts";
import { type CountedChange, readCounted } from "./changes.ts";

export type Counts = Map<string, number>;

/** Adds to a key's count, in place. Removes the key if its count becomes zero. */
export function addCount(counts: Counts, key: string, amount: number): void {
  const sum = (counts.get(key) ?? 0) + amount;
  if (sum === 0) counts.delete(key);
  else counts.set(key, sum);
}

export function decodeCounts(record: Record<string, number>): Counts {
  return new Map(Object.entries(record).map(([name, count]) => [fromField(name), count]));
}

/** Does the same as `addCount` to stored counts, whose keys are valid names of MongoDB fields. */
export function addStoredCount(counts: Record<string, number>, key: string, amount: number): void {
  const field = toField(key);
  const sum = (Object.hasOwn(counts, field) ? (counts[field] ?? 0) : 0) + amount;
  if (sum === 0) delete counts[field];
  else counts[field] = sum;
}

function toField(key: string): string {
  return key.replace(/[%.$\0]/g, encodeChar) || "%";
}

function encodeChar(char: string): string {
  return `%${char.charCodeAt(0).toString(16).padStart(2, "0")}`;
}

function fromField(name: string): string {
  if (name === "%") return "";
  return name.replace(/%([0-9a-f]{2})/g, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
}

/** `seq` is the number of the last change that the counters include. */
interface Counted {
  _id: string;
  seq: number;
}

/** Where documents of counters are stored, and how steps are added to them. */
export interface Counters<Doc extends Counted, Step extends { seq: number }> {
  collection: Collection<Doc>;
  empty(id: string): Doc;
  add(counted: Doc, step: Step): void;
}

const WRITE_BATCH_SIZE = 50;

/**
 * Adds `steps` (by document id) to stored counters, each exactly once. `last.id` must be the last
 * key of `steps`; its document gets the `seq` of `last`.
 */
export async function countOnce<Doc extends Counted, Step extends { seq: number }>(
  { collection, empty, add }: Counters<Doc, Step>,
  steps: ReadonlyMap<string, readonly Step[]>,
  last: { id: string; seq: number } | null,
): Promise<void> {
  let open = [...steps.keys()];
  while (open.length > 0) {
    const stored = await findById(collection, open);
    const writes = open.flatMap((id) => {
      const doc: Doc = { ...empty(id), ...stored.get(id) };
      const was = doc.seq;
      const fresh = (steps.get(id) ?? []).filter((step) => step.seq > was);
      const reached = id === last?.id ? last.seq : (fresh.at(-1)?.seq ?? 0);
      if (reached <= was) return [];
      for (const step of fresh) add(doc, step);
      return { was, doc: { ...doc, seq: reached } };
    });
    open = await replaceUnchanged(collection, writes);
  }
}

/**
 * Replaces stored documents in order, each only if its stored `seq` is still `was` (0: not stored
 * yet). Stops at a document whose `seq` differs, and returns the ids of the documents to write
 * again.
 */
export async function replaceUnchanged<Doc extends Counted>(
  collection: Collection<Doc>,
  writes: readonly { was: number; doc: Doc }[],
): Promise<string[]> {
  for (const [index, piece] of chunksOf(writes, WRITE_BATCH_SIZE).entries()) {
    try {
      await collection.bulkWrite(
        piece.map(({ was, doc }): AnyBulkWriteOperation<Doc> => {
          const filter = { _id: doc._id, seq: was } as Filter<Doc>;
          return { replaceOne: { filter, replacement: doc, upsert: true } };
        }),
      );
    } catch (error) {
      // The upsert found the `_id` with another `seq`: another process has counted in the meantime.
      if (!isDuplicateKey(error)) throw error;
      return writes.slice(index * WRITE_BATCH_SIZE).map(({ doc }) => doc._id);
    }
  }
  return [];
}

/** `_id` of the counts of all days together; its `seq` is that of the last counted change. */
export const ALL_DAYS = "all";

/**
 * Adds up to `limit` changes to the daily counts. Returns the number of changes; 0 means that all
 * are counted. `after` is the last counted `seq`, if known.
 */
export async function countUp(store: Store, limit = 200, after?: number): Promise<number> {
  const changes = await readCounted(store, after ?? (await getDay(store, ALL_DAYS)).seq, limit);
  await countChanges(store, changes);
  return changes.length;
}

/**
 * Adds changes to the daily counts, each only once. There must be no gap in `seq` between the
 * changes already counted and `changes`.
 */
export async function countChanges(store: Store, changes: readonly CountedChange[]): Promise<void> {
  const last = changes.at(-1);
  if (!last) return;
  const perDay = new Map<string, DayStep[]>();
  for (const change of changes) {
    for (const step of stepsOf(change)) {
      perDay.set(step.day, [...(perDay.get(step.day) ?? []), step]);
    }
  }
  // The total comes last: once it has seq n, every day has counted n.
  perDay.set(ALL_DAYS, [...perDay.values()].flat());
  const counters = { collection: store.collections.days, empty: emptyDay, add: addTo };
  await countOnce(counters, perDay, { id: ALL_DAYS, seq: last.seq });
}

/** Returns the counters of a day (`YYYY-MM-DD` or `ALL_DAYS`); all zero if nothing was counted. */
export async function getDay(store: Store, id: string): Promise<Day> {
  return (await getDays(store, [id]))(id);
}

/**
 * The nearest day with articles before, and after, a given day; null if no day nearby has articles.
 */
export interface NeighbouringDays {
  before: string | null;
  after: string | null;
}

const MAX_EMPTY_DAYS = 7;

/** Returns the nearest days around `day` that have articles; `until` is the latest possible day. */
export async function readNeighbouringDays(
  { collections }: Store,
  day: string,
  until: string,
): Promise<NeighbouringDays> {
  const nearest = async (ids: { $lt: string } | { $gt: string; $lte: string }, order: 1 | -1) => {
    const days = await collections.days
      .find({ _id: ids }, { projection: { articles: 1 } })
      .sort({ _id: order })
      .limit(MAX_EMPTY_DAYS + 1)
      .toArray();
    return days.find(({ articles }) => articles > 0)?._id ?? null;
  };
  const [before, after] = await Promise.all([
    nearest({ $lt: day }, -1),
    day < until ? nearest({ $gt: day, $lte: until }, 1) : null,
  ]);
  return { before, after };
}

/** Reads days. Returns a function from a day to its counters, all zero for an unknown day. */
export async function getDays(store: Store, ids: string[]): Promise<(id: string) => Day> {
  const docs = await store.collections.days.find({ _id: { $in: ids } }).toArray();
  const found = new Map(docs.map((day) => [day._id, decodeDay(day)]));
  return (id) => found.get(id) ?? emptyDay(id);
}

interface DayStep {
  seq: number;
  day: string;
  amount: 1 | -1;
  visible: Visible;
}

function stepsOf(change: CountedChange): DayStep[] {
  const { seq, before } = change;
  const now = toVisible(change.item);
  const steps: DayStep[] = [];
  if (before && isCounted(before))
    steps.push({ seq, day: before.day, amount: -1, visible: before });
  if (isCounted(now)) steps.push({ seq, day: now.day, amount: 1, visible: now });
  return steps;
}

function isCounted({ listed, status, denies }: Visible): boolean {
  return listed || (status === "published" && denies !== undefined);
}

const GROUPS = ["bySource", "byTopic", "byCountry", "byLanguage", "byDenied"] as const;

function emptyDay(_id: string): Day {
  const groups = { bySource: {}, byTopic: {}, byCountry: {}, byLanguage: {}, byDenied: {} };
  return { _id, seq: 0, articles: 0, ...groups };
}

function addTo(day: Day, { visible, amount }: DayStep): void {
  for (const use of visible.denies ?? []) addStoredCount(day.byDenied, use, amount);
  if (!visible.listed) return;
  day.articles += amount;
  addStoredCount(day.bySource, visible.sourceId, amount);
  for (const topic of new Set(visible.topics)) addStoredCount(day.byTopic, topic, amount);
  if (visible.country) addStoredCount(day.byCountry, visible.country, amount);
  if (visible.language) addStoredCount(day.byLanguage, visible.language, amount);
}

function decodeDay(stored: Day): Day {
  const day = { ...emptyDay(stored._id), ...stored };
  for (const group of GROUPS) day[group] = Object.fromEntries(decodeCounts(day[group]));
  return day;
}

const MAX_LISTED_DAYS = 50_000;

/** Returns the days that have listed articles, newest first, each with its number of articles. */
export async function daysWithArticles({
  collections,
}: Store): Promise<{ day: string; articles: number }[]> {
  const days = await collections.days
    .find({}, { projection: { articles: 1 } })
    .limit(MAX_LISTED_DAYS)
    .toArray();
  return days
    .filter(({ _id, articles }) => _id !== ALL_DAYS && articles > 0)
    .map(({ _id: day, articles }) => ({ day, articles }))
    .toSorted((a, b) => (a.day < b.day ? 1 : -1));
}

const FIELDS = { status: 1, duplicateOf: 1, modifiedAt: 1, sortAt: 1 } as const;

/** Returns a page (from 1) of a day's listed articles, oldest first. */
export async function articlesOfDay(
  { collections }: Store,
  day: string,
  { page, size }: { page: number; size: number },
): Promise<Pick<Article, "_id" | "sortAt" | "modifiedAt">[]> {
  const at = Date.parse(`${day}T00:00:00Z`);
  // In every time zone, the day is within these bounds.
  const sortAt = { $gte: new Date(at - 86_400_000), $lt: new Date(at + 2 * 86_400_000) };
  const found = collections.articles
    .find<Pick<Article, keyof typeof FIELDS | "_id">>({ day, sortAt }, { projection: FIELDS })
    .sort({ sortAt: 1, _id: 1 })
    .batchSize(2000);
  const articles: Pick<Article, "_id" | "sortAt" | "modifiedAt">[] = [];
  let left = (page - 1) * size;
  for await (const article of found) {
    // Copies are stored too, so only the listed articles count towards the start of the page.
    if (!isListed(article) || left-- > 0) continue;
    if (articles.push(article) === size) break;
  }
  return articles;
}
