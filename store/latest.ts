import type { Collection, Document, Filter, WithId } from "mongodb";

/** Clocks of several machines differ a little. */
const AHEAD = 60_000;
/**
 * The stretch of time that is read first, ms, and by how much the next one may grow: less where nothing was
 * found, since everything may have stopped a moment before.
 */
const FIRST = 5 * 60_000;
const GROWS = 24;
const GROWS_EMPTY = 3;

/** The time before which everything is that came so far, also by a clock a little ahead. */
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
