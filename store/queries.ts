import {
  type AnyBulkWriteOperation,
  type Collection,
  type Document,
  type Filter,
  MongoBulkWriteError,
  MongoNetworkError,
  MongoServerError,
  MongoServerSelectionError,
  type UpdateFilter,
  type WithId,
} from "mongodb";
import pLimit from "p-limit";
import { batchesOf, chunksOf } from "../lib/async.ts";
import { dueBy, type Store } from "./store.ts";

export interface FindAllOptions {
  projection?: Document;
  sort?: Record<string, 1 | -1>;
  limit?: number;
  promoteBuffers?: boolean;
  hint?: Document;
}

export function projectionOf<Name extends string>(fields: readonly Name[]): Record<Name, 1> {
  return Object.fromEntries(fields.map((field) => [field, 1])) as Record<Name, 1>;
}

/** The server also ends a response at 16 MB. */
const MAX_DOCUMENTS_PER_RESPONSE = 10_000;

/** Returns all matching documents, with half the CPU time of a driver cursor. */
export async function findAll<Doc extends Document>(
  collection: Collection<Doc>,
  filter: Filter<Doc>,
  { promoteBuffers = false, ...options }: FindAllOptions = {},
): Promise<WithId<Doc>[]> {
  const { db, collectionName, bsonOptions, readPreference, readConcern } = collection;
  const batchSize = options.limit ?? MAX_DOCUMENTS_PER_RESPONSE;
  const find = { find: collectionName, filter, ...options, batchSize };
  const answer = await db
    .command(
      { ...find, ...(readConcern && { readConcern: readConcern.toJSON() }) },
      { ...bsonOptions, promoteBuffers, ...(readPreference && { readPreference }) },
    )
    .catch(nullIfReachable);
  const cursor = answer?.["cursor"] as { id: unknown; firstBatch: WithId<Doc>[] } | undefined;
  if (cursor && Number(cursor.id) === 0) return cursor.firstBatch;
  if (cursor) await db.command({ killCursors: collectionName, cursors: [cursor.id] });
  // A cursor retries, reports errors, and reads results that don't fit one response.
  return collection.find(filter, { ...options, batchSize, promoteBuffers }).toArray();
}

function nullIfReachable(error: unknown): null {
  // The caller tries again with a cursor, which would also wait for a server.
  if (error instanceof MongoServerSelectionError) throw error;
  return null;
}

/** In the embedded database, `$in` costs the number of values times the number of results. */
const VALUES_PER_QUERY = 50;
const QUERY_CONCURRENCY = 8;

/**
 * Returns the documents whose `field` has one of the values, without duplicates. `limit` applies
 * separately to every 50 values.
 */
export async function findIn<Doc extends Document>(
  collection: Collection<Doc>,
  field: string,
  values: readonly string[],
  options: FindAllOptions = {},
): Promise<WithId<Doc>[]> {
  // With an explicit order, the embedded database needn't determine the order that MongoDB would
  // use.
  const ordered = field === "_id" ? { sort: { _id: 1 } as const, ...options } : options;
  const ask = (chunk: readonly string[]) => {
    return findAll(collection, { [field]: { $in: chunk } } as Filter<Doc>, ordered);
  };
  if (values.length === 0) return [];
  if (values.length <= VALUES_PER_QUERY) return ask(values);
  const found = await pLimit(QUERY_CONCURRENCY).map(chunksOf(values, VALUES_PER_QUERY), ask);
  return [...new Map(found.flat().map((document) => [String(document._id), document])).values()];
}

/** Returns the documents with these ids, by id. */
export async function findById<Doc extends Document>(
  collection: Collection<Doc>,
  ids: readonly string[],
  options: FindAllOptions = {},
): Promise<Map<string, WithId<Doc>>> {
  const found = await findIn(collection, "_id", [...new Set(ids)], options);
  return new Map(found.map((document) => [String(document._id), document]));
}

const MAX_CLOCK_SKEW_MS = 60_000;
const FIRST_SPAN_MS = 5 * 60_000;
/** With a higher factor, the next span could have too many items. */
const MAX_SPAN_GROWTH_FACTOR = 24;
const EMPTY_SPAN_GROWTH_FACTOR = 3;

/** Returns an upper bound for stored times: another machine's clock can be a minute fast. */
export function soon(now: Date): Date {
  return new Date(now.getTime() + MAX_CLOCK_SKEW_MS);
}

interface BackwardRange {
  before: Date;
  limit: number;
  /** How far to go back, ms. */
  most?: number;
  /** How far the first query goes back, ms. */
  firstSpan?: number;
  /** How many times longer the next span is if a span has no items. */
  emptySpanGrowth?: number;
}

/** Returns the newest items before a time, newest first. */
export async function furtherBack<T>(
  {
    before,
    limit,
    most = Infinity,
    firstSpan = FIRST_SPAN_MS,
    emptySpanGrowth = EMPTY_SPAN_GROWTH_FACTOR,
  }: BackwardRange,
  read: (within: { $gte: Date; $lt: Date }, left: number) => Promise<T[]>,
): Promise<T[]> {
  const found: T[] = [];
  let to = before.getTime();
  const end = Math.max(0, to - most);
  // The embedded database reads a whole time span, whatever the limit.
  for (let width = firstSpan; found.length < limit && to > end; ) {
    const from = Math.max(end, to - width);
    const some = await read({ $gte: new Date(from), $lt: new Date(to) }, limit - found.length);
    found.push(...some);
    const wanted = (1.5 * (limit - found.length)) / some.length;
    width *=
      some.length === 0 ? emptySpanGrowth : Math.min(MAX_SPAN_GROWTH_FACTOR, Math.max(1, wanted));
    to = from;
  }
  return found;
}

interface LatestOptions extends BackwardRange {
  where?: Document;
  projection?: Document;
}

/**
 * Returns the latest documents by an indexed date field, newest first. They match `where`, and their
 * date is before `before`.
 */
export function readLatest<Doc extends Document>(
  collection: Collection<Doc>,
  field: string,
  { where = {}, projection = {}, ...range }: LatestOptions,
): Promise<WithId<Doc>[]> {
  return furtherBack(range, (within, limit) => {
    const filter = { ...where, [field]: within } as Filter<Doc>;
    return findAll(collection, filter, { projection, sort: { [field]: -1 }, limit });
  });
}

/** Returns the documents whose time in an indexed field has come, earliest first. */
export function readDue<Doc extends Document>(
  collection: Collection<Doc>,
  field: string,
  { now, limit, projection = {} }: { now: Date; limit: number; projection?: Document },
): Promise<WithId<Doc>[]> {
  const options = { projection, sort: { [field]: 1 as const }, limit };
  return findAll(collection, { [field]: dueBy(now) } as Filter<Doc>, options);
}

const READ_BATCH_SIZE = 100;

/** Yields all documents of a collection, in batches. Use it only for rare operations. */
export async function* readInBatches<Doc extends Document>(
  collection: Collection<Doc>,
): AsyncGenerator<WithId<Doc>[]> {
  const all = collection.find<WithId<Doc>>({}, { promoteBuffers: true });
  yield* batchesOf(all.batchSize(READ_BATCH_SIZE), READ_BATCH_SIZE);
}

export function groupByArticle<T extends { articleId: string }>(
  rows: readonly T[],
): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const row of rows) {
    const group = groups.get(row.articleId);
    if (group) group.push(row);
    else groups.set(row.articleId, [row]);
  }
  return groups;
}

const WRITE_BATCH_SIZE = 50;

export interface Each {
  _id: string;
  /** The values that these fields must have. All updates compare the same fields. */
  expected: Record<string, unknown>;
  set: Document;
}

/**
 * Updates documents, and returns how many changed. Skips documents that don't have the expected
 * values. Removes the fields in `unset`.
 */
export async function updateEach<Doc extends Document & { _id: string }>(
  collection: Collection<Doc>,
  all: readonly Each[],
  { unset = [] }: { unset?: readonly string[] } = {},
): Promise<number> {
  let changed = 0;
  for (const some of chunksOf(all, WRITE_BATCH_SIZE)) {
    const fields = Object.keys(some[0]?.expected ?? {});
    const keys = some.map(({ _id, expected }) => [_id, ...fields.map((name) => expected[name])]);
    const key = ["_id", ...fields].map((field) => `$${field}`);
    const place = { $indexOfArray: [{ $literal: keys }, key] };
    // A document that isn't found has the index -1, which picks the last element. That is empty, so
    // nothing is set.
    const set = { $arrayElemAt: [{ $literal: [...some.map((one) => one.set), {}] }, place] };
    const gone = (field: string) => ({
      $cond: [{ $eq: [place, -1] }, `$${field}`, "$$REMOVE"],
    });
    // In a bulk write, the embedded database would plan and sync its log for each document.
    const { modifiedCount } = await collection.updateMany(
      { _id: { $in: [...new Set(some.map(({ _id }) => _id))] } } as Filter<Doc>,
      [
        ...unset.map((field) => ({ $set: { [field]: gone(field) } })),
        { $replaceWith: { $mergeObjects: ["$$ROOT", set] } },
      ],
    );
    changed += modifiedCount;
  }
  return changed;
}

/** Changes a document; returns whether one matches the filter. */
export async function changeOne<Doc extends Document>(
  collection: Collection<Doc>,
  filter: Filter<Doc>,
  update: UpdateFilter<Doc>,
): Promise<boolean> {
  return (await collection.updateOne(filter, update)).matchedCount > 0;
}

/** Returns a stored fact about the store itself; null if it isn't stored. */
export async function readMeta({ collections }: Store, _id: string): Promise<number | null> {
  return (await collections.meta.findOne({ _id }))?.value ?? null;
}

/** Stores a fact about the store itself. `$max` never lowers it, and `$inc` adds to it. */
export async function writeMeta(
  { collections }: Store,
  operator: "$set" | "$max" | "$inc",
  _id: string,
  value: number,
): Promise<void> {
  await collections.meta.updateOne({ _id }, { [operator]: { value } }, { upsert: true });
}

/** Writes one operation per item, in no particular order. */
export async function writeEach<Doc extends Document, Item>(
  collection: Collection<Doc>,
  items: readonly Item[],
  operation: (item: Item) => AnyBulkWriteOperation<Doc>,
): Promise<void> {
  if (items.length === 0) return;
  const operations = items.map((item) => operation(item));
  await collection.bulkWrite(operations, { ordered: false });
}

/** Removes the documents with these ids that also match `only`. Returns how many were removed. */
export async function removeEach<Doc extends { _id: string }>(
  collection: Collection<Doc>,
  ids: readonly string[],
  only: Filter<Doc> = {},
): Promise<number> {
  if (ids.length === 0) return 0;
  const operations = ids.map((_id) => ({ deleteOne: { filter: { ...only, _id } } }));
  return (await collection.bulkWrite(operations, { ordered: false })).deletedCount;
}

const DUPLICATE_KEY = 11000;

/** Whether all errors of a write, or of a bulk write, are duplicate keys. */
export function isDuplicateKey(error: unknown): boolean {
  if (error instanceof MongoBulkWriteError) {
    const errors = [error.writeErrors].flat();
    return errors.length > 0 && errors.every((entry) => entry.code === DUPLICATE_KEY);
  }
  return error instanceof MongoServerError && error.code === DUPLICATE_KEY;
}

/** Awaits an insert and ignores duplicate keys. Returns whether all documents were new. */
export async function ignoreDuplicates(insert: Promise<unknown>): Promise<boolean> {
  return (await findDuplicates(insert)).size === 0;
}

/** Awaits an unordered insert. Returns the positions of the documents that have a duplicate key. */
export async function findDuplicates(insert: Promise<unknown>): Promise<Set<number>> {
  try {
    await insert;
    return new Set();
  } catch (error) {
    if (!isDuplicateKey(error)) throw error;
    // Only a bulk write has several documents.
    const errors =
      error instanceof MongoBulkWriteError ? [error.writeErrors].flat() : [{ index: 0 }];
    return new Set(errors.map((entry) => entry.index));
  }
}

/** Whether an error means that no server answered. An attempt right away would fail too. */
export function isUnreachable(error: unknown): boolean {
  return error instanceof MongoNetworkError || error instanceof MongoServerSelectionError;
}

/** See https://github.com/mongodb/mongo/blob/master/src/mongo/base/error_codes.yml. */
const SERVER_FAILURE_CODES = new Set([1, 91, 189, 10107, 11600, 11602, 13435, 13436, 14031]);

/** Whether a server answered that it can't work now. A later attempt can succeed. */
export function isServerFailure(error: unknown): boolean {
  return error instanceof MongoServerError && SERVER_FAILURE_CODES.has(Number(error.code));
}
