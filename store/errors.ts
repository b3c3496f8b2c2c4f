import { MongoBulkWriteError, MongoServerError } from "mongodb";

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

/** Awaits an insert whose documents may be there already: same `_id` means same content. */
export async function ignoreDuplicates(insert: Promise<unknown>): Promise<void> {
  try {
    await insert;
  } catch (error) {
    if (!isDuplicateKey(error)) throw error;
  }
}
