import type { Collection, Document, Filter } from "mongodb";
import { piecesOf } from "../lib/pieces.ts";

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
 * A document stays as it is whose fields named by `held` aren't as they are said to be. Of those that change, `unset`
 * is taken away. Answers how many changed.
 */
export async function updateEach<Doc extends Document & { _id: string }>(
  collection: Collection<Doc>,
  held: readonly string[],
  all: readonly Each[],
  { unset = [] }: { unset?: readonly string[] } = {},
): Promise<number> {
  let changed = 0;
  for (const some of piecesOf(all, PIECE)) {
    const keys = some.map(({ _id, as }) => [_id, ...as]);
    const key = ["_id", ...held].map((field) => `$${field}`);
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
