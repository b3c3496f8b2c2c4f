import {
  type Collection,
  type Document,
  type Filter,
  MongoServerSelectionError,
  type WithId,
} from "mongodb";

/** What of a query's options is known here. */
export interface FindAllOptions {
  projection?: Document;
  sort?: Record<string, 1 | -1>;
  /** Most documents; all by default. */
  limit?: number;
  promoteBuffers?: boolean;
}

/** Documents that are asked for in one answer; a server cuts it at 16 MB too. */
const ONE_ANSWER = 10_000;

/**
 * The documents of a query by one command, which costs half the CPU of a cursor of the driver's. Where that
 * fails, or the answer doesn't come in one piece, a cursor asks: it tries once more, reads on, and says what is wrong.
 */
export async function findAll<Doc extends Document>(
  collection: Collection<Doc>,
  filter: Filter<Doc>,
  { promoteBuffers = false, ...options }: FindAllOptions = {},
): Promise<WithId<Doc>[]> {
  const { db, collectionName, bsonOptions, readPreference, readConcern } = collection;
  const batchSize = options.limit ?? ONE_ANSWER;
  const find = { find: collectionName, filter, ...options, batchSize };
  const answer = await db
    .command(
      { ...find, ...(readConcern && { readConcern: readConcern.toJSON() }) },
      { ...bsonOptions, promoteBuffers, ...(readPreference && { readPreference }) },
    )
    .catch(unlessUnreachable);
  const cursor = answer?.["cursor"] as { id: unknown; firstBatch: WithId<Doc>[] } | undefined;
  if (cursor && Number(cursor.id) === 0) return cursor.firstBatch;
  if (cursor) await db.command({ killCursors: collectionName, cursors: [cursor.id] });
  return collection.find(filter, { ...options, batchSize, promoteBuffers }).toArray();
}

/** Once no server could be chosen, to wait for one again is of no use. */
function unlessUnreachable(error: unknown): null {
  if (error instanceof MongoServerSelectionError) throw error;
  return null;
}
