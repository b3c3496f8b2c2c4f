import {
  type AnyBulkWriteOperation,
  type Collection,
  type Document,
  type Filter,
  MongoBulkWriteError,
  MongoNetworkError,
  MongoServerError,
  MongoServerSelectionError,
} from "mongodb";
import { piecesOf } from "../lib/batch.ts";

/** Documents per statement, which is one transaction. */
const WRITE_BATCH_SIZE = 50;

export interface Each {
  _id: string;
  /** Values that the fields in `compared` must have, in that order. */
  expected: readonly unknown[];
  set: Document;
}

/**
 * Updates documents in one statement per 50, and returns how many changed. Skips a document whose
 * `compared` fields don't have the expected values. Removes the fields in `unset`. In a bulk write,
 * the embedded database would plan, read all indexes and sync its log for each document, which is
 * most of an update's cost.
 */
export async function updateEach<Doc extends Document & { _id: string }>(
  collection: Collection<Doc>,
  compared: readonly string[],
  all: readonly Each[],
  { unset = [] }: { unset?: readonly string[] } = {},
): Promise<number> {
  let changed = 0;
  for (const some of piecesOf(all, WRITE_BATCH_SIZE)) {
    const keys = some.map(({ _id, expected }) => [_id, ...expected]);
    const key = ["_id", ...compared].map((field) => `$${field}`);
    const place = { $indexOfArray: [{ $literal: keys }, key] };
    // A document that isn't found has the index -1, which picks the last element. That is empty, so
    // nothing is set.
    const set = { $arrayElemAt: [{ $literal: [...some.map((one) => one.set), {}] }, place] };
    const gone = (field: string) => ({
      $cond: [{ $eq: [place, -1] }, `$${field}`, "$$REMOVE"],
    });
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

/** MongoDB's error code. It often means that the document is already stored. */
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
  try {
    await insert;
    return true;
  } catch (error) {
    if (isDuplicateKey(error)) return false;
    throw error;
  }
}

/** Awaits an unordered insert. Returns the positions of the documents that have a duplicate key. */
export async function findDuplicates(insert: Promise<unknown>): Promise<Set<number>> {
  try {
    await insert;
    return new Set();
  } catch (error) {
    if (!isDuplicateKey(error)) throw error;
    const errors = error instanceof MongoBulkWriteError ? [error.writeErrors].flat() : [];
    return new Set(errors.map((entry) => entry.index));
  }
}

/** Whether an error means that no server answered. An attempt right away would fail too. */
export function isUnreachable(error: unknown): boolean {
  return error instanceof MongoNetworkError || error instanceof MongoServerSelectionError;
}

/**
 * Codes of a server that fails, stops, isn't the primary, or has no disk space
 * (https://github.com/mongodb/mongo/blob/master/src/mongo/base/error_codes.yml).
 */
const FAILURE_CODES = new Set([1, 91, 189, 10107, 11600, 11602, 13435, 13436, 14031]);

/** Whether a server answered that it can't work now. A later attempt can succeed. */
export function isServerFailure(error: unknown): boolean {
  return error instanceof MongoServerError && FAILURE_CODES.has(Number(error.code));
}
