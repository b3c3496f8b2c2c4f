import {
  MongoBulkWriteError,
  MongoNetworkError,
  MongoServerError,
  MongoServerSelectionError,
} from "mongodb";

/** Code of a unique key that is taken: often success in disguise. */
const DUPLICATE_KEY = 11000;

/** Whether an error says only that keys were taken (of one write, or of each failed one of a bulk). */
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

/** Awaits an unordered insert of several documents; answers the places of those whose key was taken. */
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
