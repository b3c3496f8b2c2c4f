import type { Collection, Filter, UpdateFilter } from "mongodb";
import type { Bookmark } from "../model/bookmark.ts";

/** Writes to a document as it was read; false when another wrote to it meanwhile. */
export async function moveBookmark<Doc extends Bookmark & { _id: string }>(
  collection: Collection<Doc>,
  { _id, turn }: Pick<Doc, "_id" | "turn">,
  set: Partial<Doc>,
): Promise<boolean> {
  const { modifiedCount } = await collection.updateOne(
    { _id, turn } as Filter<Doc>,
    { $set: set, $inc: { turn: 1 } } as unknown as UpdateFilter<Doc>,
  );
  return modifiedCount === 1;
}
