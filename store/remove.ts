import type { AnyBulkWriteOperation, Collection, Filter } from "mongodb";

/** Removes the first document of each filter (which name an `_id`); answers how many there were. */
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
