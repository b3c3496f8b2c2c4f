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

/** Documents in one statement, which is one transaction. */
const PIECE = 50;

/** What one document becomes: top-level fields only. */
export interface Each {
  _id: string;
  /** What it must still hold: the values of the fields that `held` names. */
  as: readonly unknown[];
  set: Document;
}

/**
 * Sets other fields in each of several documents, in one statement where a bulk has one for each: the embedded
 * database plans each, reads all indexes for it and syncs its log, which is most of what an update costs it.
 * A document stays as it is whose fields named by `preserved` aren't as they are said to be. Of those that change, `unset`
 * is taken away. Returns how many changed.
 */
export async function updateEach<Doc extends Document & { _id: string }>(
  collection: Collection<Doc>,
  preserved: readonly string[],
  all: readonly Each[],
  { unset = [] }: { unset?: readonly string[] } = {},
): Promise<number> {
  let changed = 0;
  for (const some of piecesOf(all, PIECE)) {
    const keys = some.map(({ _id, as }) => [_id, ...as]);
    const key = ["_id", ...preserved].map((field) => `$${field}`);
    const place = { $indexOfArray: [{ $literal: keys }, key] };
    // What isn't found is at -1, which is the last one: nothing is set.
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

/** Removes the first document of each filter (which name an `_id`); returns how many there were. */
export async function removeEach<Doc extends { _id: string }>(
  collection: Collection<Doc>,
  filters: Filter<Doc>[],
): Promise<number> {
  if (filters.length === 0) return 0;
  const operations = filters.map(
    (filter): AnyBulkWriteOperation<Doc> => ({ deleteOne: { filter } }),
  );
  return (await collection.bulkWrite(operations, { ordered: false })).deletedCount;
}

/** Error code of a duplicate key: often success in disguise. */
const DUPLICATE_KEY = 11000;

/** Whether an error means only duplicate keys (of one write, or of each failed one of a bulk). */
export function isDuplicateKey(error: unknown): boolean {
  if (error instanceof MongoBulkWriteError) {
    const errors = [error.writeErrors].flat();
    return errors.length > 0 && errors.every((entry) => entry.code === DUPLICATE_KEY);
  }
  return error instanceof MongoServerError && error.code === DUPLICATE_KEY;
}

/**
 * Awaits an insert whose documents may be there already: same `_id` means same content. Answers
 * whether all of them were new.
 */
export async function ignoreDuplicates(insert: Promise<unknown>): Promise<boolean> {
  try {
    await insert;
    return true;
  } catch (error) {
    if (isDuplicateKey(error)) return false;
    throw error;
  }
}

/** Awaits an unordered insert of several documents. Returns the positions of those with a duplicate key. */
export async function insertedBefore(insert: Promise<unknown>): Promise<Set<number>> {
  try {
    await insert;
    return new Set();
  } catch (error) {
    if (!isDuplicateKey(error)) throw error;
    const errors = error instanceof MongoBulkWriteError ? [error.writeErrors].flat() : [];
    return new Set(errors.map((entry) => entry.index));
  }
}

/** Whether an error says that no server answered: trying something else now is of no use. */
export function isUnreachable(error: unknown): boolean {
  return error instanceof MongoNetworkError || error instanceof MongoServerSelectionError;
}
