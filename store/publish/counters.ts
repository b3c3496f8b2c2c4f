import type { AnyBulkWriteOperation, Collection, Filter } from "mongodb";
import { piecesOf } from "../../lib/batch.ts";
import { findIn } from "../queries.ts";
import { isDuplicateKey } from "../writes.ts";

export type Counts = Map<string, number>;

/** Adds to a key's count, in place. Removes the key if its count becomes zero. */
export function addCount(counts: Counts, key: string, amount: number): void {
  const sum = (counts.get(key) ?? 0) + amount;
  if (sum === 0) counts.delete(key);
  else counts.set(key, sum);
}

export function openCounts(record: Record<string, number>): Counts {
  return new Map(Object.entries(record).map(([name, count]) => [fromField(name), count]));
}

/** Returns counts in their stored form: the keys are encoded as valid names of MongoDB fields. */
export function shutCounts(counts: Counts): Record<string, number> {
  return Object.fromEntries([...counts].map(([key, count]) => [toField(key), count]));
}

/** Encodes a key as a field name, which has no dot and no dollar sign and is never empty. */
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

/** A document of counters. `seq` is the number of the last change that it includes. */
interface Counted {
  _id: string;
  seq: number;
}

/** How documents of counters are stored, read, and added to. */
export interface Counters<
  Doc extends Counted,
  Tally extends Counted,
  Step extends { seq: number },
> {
  collection: Collection<Doc>;
  /** Returns the in-memory form of a stored document; an empty one if `stored` is undefined. */
  open(stored: Doc | undefined, id: string): Tally;
  add(tally: Tally, step: Step): void;
  shut(tally: Tally): Doc;
}

const WRITE_BATCH_SIZE = 50;

/**
 * Adds steps to the counters of documents. `steps` has the steps of each document, by its id. Counts
 * each step exactly once, even if several processes count the same steps. `last` names the last key
 * of `steps`: its document is written after all the others, and gets the number `last.seq`.
 */
export async function countOnce<
  Doc extends Counted,
  Tally extends Counted,
  Step extends { seq: number },
>(
  counters: Counters<Doc, Tally, Step>,
  steps: ReadonlyMap<string, readonly Step[]>,
  last: { id: string; seq: number } | null,
): Promise<void> {
  let open = [...steps.keys()];
  while (open.length > 0) {
    const found = await findIn(counters.collection, "_id", open);
    const stored = new Map<string, Doc>(found.map((doc) => [doc._id, doc as Doc]));
    const writes = open.flatMap((id) => {
      const tally = counters.open(stored.get(id), id);
      const was = tally.seq;
      const fresh = (steps.get(id) ?? []).filter((step) => step.seq > was);
      const reached = id === last?.id ? last.seq : (fresh.at(-1)?.seq ?? 0);
      if (reached <= was) return [];
      for (const step of fresh) counters.add(tally, step);
      return { was, doc: counters.shut({ ...tally, seq: reached }) };
    });
    open = await swap(counters.collection, writes);
  }
}

/**
 * Writes documents in order, each only if the stored one still has the `seq` in `was` (0: not
 * stored yet). Stops at the first batch with a document that another process changed, and returns
 * the ids of that batch and of all later ones.
 */
export async function swap<Doc extends Counted>(
  collection: Collection<Doc>,
  writes: readonly { was: number; doc: Doc }[],
): Promise<string[]> {
  for (const [index, piece] of piecesOf(writes, WRITE_BATCH_SIZE).entries()) {
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
