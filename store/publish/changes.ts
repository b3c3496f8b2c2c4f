import pLimit from "p-limit";
import type { Item } from "../../model/articles/article.ts";
import {
  type Change,
  epochAfter,
  type Restore,
  type Withheld,
} from "../../model/publish/change.ts";
import {
  findIn,
  groupByArticle,
  isDuplicateKey,
  projectionOf,
  readMeta,
  writeEach,
  writeMeta,
} from "../queries.ts";
import type { Store } from "../store.ts";

/**
 * Returns the changes with `seq` in (after, after + limit], ascending. The result is shorter at the
 * head of the stream, or if old changes were removed.
 */
export function readChanges(store: Store, after: number, limit: number): Promise<Change[]> {
  return store.collections.changes
    .find({ seq: { $gt: after, $lte: after + limit } }, { projection: { _id: 0 } })
    .sort({ seq: 1 })
    .toArray();
}

export type CountedChange = Pick<Change, "seq" | "articleId" | "version" | "before"> & {
  item: Pick<Item, (typeof COUNTED)[number]>;
};
/** The article fields on which the statistics and the article counts for readers depend. */
export const VISIBLE_FIELDS = [
  "sourceId",
  "country",
  "language",
  "topics",
  "regionCode",
  "city",
  "relevanceScore",
  "status",
  "day",
  "duplicateOf",
] as const;
const COUNTED = [...VISIBLE_FIELDS, "timing", "usage"] as const;
const COUNTED_ONLY = {
  _id: 0,
  ...projectionOf(["seq", "articleId", "version", "before"]),
  ...projectionOf(COUNTED.map((field) => `item.${field}`)),
};

/** Returns the same changes as `readChanges`, with only the fields that the counters need. */
export function readCounted(store: Store, after: number, limit: number): Promise<CountedChange[]> {
  return store.collections.changes
    .find<CountedChange>({ seq: { $gt: after, $lte: after + limit } }, { projection: COUNTED_ONLY })
    .sort({ seq: 1 })
    .toArray();
}

const CHANGE_BATCH_SIZE = 500;
const QUERY_CONCURRENCY = 8;

type Version = Pick<Change, "seq" | "articleId" | "version">;
const VERSION = { _id: 0, seq: 1, articleId: 1, version: 1 };

/** Returns the `seq` of the newest change; 0 for an empty stream. */
export async function headSeq(store: Store): Promise<number> {
  return readForward(store, (await readMeta(store, "head")) ?? 0);
}

/** Returns a function that reads the head of the stream, continuing from its last result. */
export function followHead(store: Store): () => Promise<number> {
  let seen: number | null = null;
  return async () => {
    const head = seen === null ? await headSeq(store) : await readForward(store, seen);
    seen = Math.max(seen ?? 0, head);
    return seen;
  };
}

async function readForward(
  store: Store,
  from: number,
  meet: (change: Version) => void = () => {},
): Promise<number> {
  let head = from;
  for (;;) {
    const page = await store.collections.changes
      .find<Version>(
        { seq: { $gt: head, $lte: head + CHANGE_BATCH_SIZE } },
        { projection: VERSION },
      )
      .toArray();
    if (page.length === 0) return head;
    page.forEach(meet);
    head = Math.max(head, ...page.map((change) => change.seq));
    if (page.length < CHANGE_BATCH_SIZE) return head;
  }
}

/** Appends `changes` that aren't in the stream yet, and returns the stream's new head. */
export async function appendChanges(
  store: Store,
  head: number,
  changes: Omit<Change, "seq">[],
): Promise<number> {
  const { changes: log } = store.collections;
  let last = head;
  let rest = changes;
  while (rest.length > 0) {
    const rows = rest.map((change, index) => ({ ...change, seq: last + 1 + index }));
    try {
      // An ordered insert stops at the first error, so the stream has no gaps.
      await log.insertMany(rows, { ordered: true });
      last += rows.length;
      rest = [];
    } catch (error) {
      if (!isDuplicateKey(error)) throw error;
      // Another sequencer was faster: read the new head, and which of these changes it has
      // appended.
      const known = new Set<string>();
      const there = await readForward(store, last, (change) => known.add(nameOf(change)));
      rest = rest.filter((change) => !known.has(nameOf(change)));
      // The conflicting change is earlier in the stream: a sequencer appended it, but ended before
      // removing it from the article's pending changes.
      if (there === last) rest = await notInStream(store, rest);
      last = there;
    }
  }
  await writeMeta(store, "$max", "head", last);
  return last;
}

/** A part of an article (`what`) that readers don't get in versions older than `before`. */
export interface WithheldEarlier {
  articleId: string;
  before: number;
  what: keyof Withheld;
}

/** Withholds parts of earlier changes from readers; operators still see what was shown. */
export async function withholdEarlier(
  { collections }: Store,
  withheld: readonly WithheldEarlier[],
): Promise<void> {
  await writeEach(collections.changes, withheld, ({ articleId, before, what }) => ({
    updateMany: {
      filter: { articleId, version: { $gte: 1, $lt: before } },
      update: { $set: { [`withheld.${what}`]: true } },
    },
  }));
}

async function notInStream<T extends Omit<Version, "seq">>(
  store: Store,
  changes: T[],
): Promise<T[]> {
  const there = await pLimit(QUERY_CONCURRENCY).map(changes, ({ articleId, version }) =>
    store.collections.changes.findOne({ articleId, version }, { projection: { _id: 1 } }),
  );
  return changes.filter((_, index) => there[index] === null);
}

function nameOf({ articleId, version }: Omit<Version, "seq">): string {
  return `${articleId}:${version}`;
}

/** Returns the restores of backups, oldest first. After a restore, a `seq` can be used again. */
export async function readRestores(store: Store): Promise<Restore[]> {
  const count = (await readMeta(store, "epoch")) ?? 0;
  const restores: Restore[] = [];
  for (let n = 1; n <= count; n++) {
    const seq = (await readMeta(store, `epoch:${n}`)) ?? 0;
    const epoch = (await readMeta(store, `epoch:${n}:name`)) ?? n;
    restores.push({ epoch, seq });
  }
  return restores;
}

/**
 * Records a restore as a new epoch. Its number is the time in seconds since 1970, or the last
 * epoch's number plus 1 if that is higher.
 */
export async function addEpoch(store: Store, now: Date): Promise<void> {
  const restores = await readRestores(store);
  const n = restores.length + 1;
  const epoch = Math.max(epochAfter(restores) + 1, Math.floor(now.getTime() / 1000));
  await writeMeta(store, "$set", `epoch:${n}`, await headSeq(store));
  await writeMeta(store, "$set", `epoch:${n}:name`, epoch);
  await writeMeta(store, "$set", "epoch", n);
}

/** Returns the `seq` just before the oldest stored change; 0 if no change was ever removed. */
export async function tailSeq(store: Store): Promise<number> {
  return (await readMeta(store, "tail")) ?? 0;
}

export async function changedAt({ collections }: Store, seq: number): Promise<Date | null> {
  const found = await collections.changes.findOne({ seq }, { projection: { at: 1 } });
  return found?.at ?? null;
}

/** Returns the time of the oldest stored change; null if no change was ever removed. */
export async function historySince(store: Store): Promise<Date | null> {
  for (let tail = await tailSeq(store); tail > 0; ) {
    const since = await changedAt(store, tail + 1);
    if (since) return since;
    // More changes may have been removed in the meantime.
    const before = tail;
    tail = await tailSeq(store);
    // Every change was removed.
    if (tail === before) return new Date();
  }
  return null;
}

/** Returns the `seq` just before the first change made at `time` or later. */
export async function seqAt(store: Store, time: Date): Promise<number> {
  let [before, after] = [await tailSeq(store), await headSeq(store)];
  while (before < after) {
    const middle = Math.ceil((before + after) / 2);
    const at = await changedAt(store, middle);
    if (at === null || at < time) before = middle;
    else after = middle - 1;
  }
  return before;
}

export async function changesOfArticles(
  { collections }: Store,
  ids: readonly string[],
): Promise<Map<string, Change[]>> {
  return groupByArticle(await findIn(collections.changes, "articleId", ids));
}
