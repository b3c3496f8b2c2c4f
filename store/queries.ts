import {
  type Collection,
  type Document,
  type Filter,
  MongoServerSelectionError,
  type WithId,
} from "mongodb";
import pLimit from "p-limit";
import { piecesOf } from "../lib/batch.ts";

/** The options of a query that this file supports. */
export interface FindAllOptions {
  projection?: Document;
  sort?: Record<string, 1 | -1>;
  /** Most documents; all by default. */
  limit?: number;
  promoteBuffers?: boolean;
}

/** Documents per response; the server also cuts a response at 16 MB. */
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

/** Values per query: in the embedded database the cost of `$in` is its values times its results. */
const CHUNK = 50;
/** Chunks asked for at once: a sitemap may name 50,000 links, and others have questions too. */
const AT_ONCE = 8;

/** Returns the documents whose `field` has one of the values, queried in chunks; each document once. */
export async function findIn<Doc extends Document>(
  collection: Collection<Doc>,
  field: string,
  values: readonly string[],
  options: FindAllOptions = {},
): Promise<WithId<Doc>[]> {
  // With an explicit order the embedded database needn't find out the one that MongoDB would use.
  const ordered = field === "_id" ? { sort: { _id: 1 } as const, ...options } : options;
  const ask = (chunk: readonly string[]) => {
    return findAll(collection, { [field]: { $in: chunk } } as Filter<Doc>, ordered);
  };
  if (values.length === 0) return [];
  if (values.length <= CHUNK) return ask(values);
  const found = await pLimit(AT_ONCE).map(piecesOf(values, CHUNK), ask);
  return [...new Map(found.flat().map((document) => [String(document._id), document])).values()];
}

/** Clocks of several machines differ a little. */
const AHEAD = 60_000;
/**
 * The stretch of time that is read first, ms, and by how much the next one may grow: less where nothing was
 * found, since everything may have stopped a moment before.
 */
const FIRST = 5 * 60_000;
const GROWS = 24;
const GROWS_EMPTY = 3;

/** The time before which everything has arrived, even by a clock that is a little ahead. */
export function soon(now: Date): Date {
  return new Date(now.getTime() + AHEAD);
}

/**
 * Reads what came last before a time, the newest first, stretch by stretch until `limit` are found or
 * `most` ms are looked through. The embedded database reads a whole range whatever the limit,
 * so a stretch is only as long as what the one before held says is needed.
 */
export async function furtherBack<T>(
  { before, limit, most = Infinity }: { before: Date; limit: number; most?: number },
  read: (within: { $gte: Date; $lt: Date }, left: number) => Promise<T[]>,
): Promise<T[]> {
  const found: T[] = [];
  let to = before.getTime();
  const end = Math.max(0, to - most);
  for (let width = FIRST; found.length < limit && to > end; ) {
    const from = Math.max(end, to - width);
    const some = await read({ $gte: new Date(from), $lt: new Date(to) }, limit - found.length);
    found.push(...some);
    const wanted = (1.5 * (limit - found.length)) / some.length;
    width *= some.length === 0 ? GROWS_EMPTY : Math.min(GROWS, Math.max(1, wanted));
    to = from;
  }
  return found;
}

/** The latest documents by a date that is indexed, the newest first. */
export function readLatest<Doc extends Document>(
  collection: Collection<Doc>,
  field: string,
  { now, limit, projection = {} }: { now: Date; limit: number; projection?: Document },
): Promise<WithId<Doc>[]> {
  return furtherBack({ before: soon(now), limit }, (within, left) =>
    collection
      .find({ [field]: within } as Filter<Doc>, { projection })
      .sort({ [field]: -1 })
      .limit(left)
      .toArray(),
  );
}

/** Rows of several articles, by article. */
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
