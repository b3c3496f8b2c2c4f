import type { Collection, Document, Filter, WithId } from "mongodb";

const DAY = 86_400_000;
const WINDOWS = [DAY, 30 * DAY, 3650 * DAY];
/** Clocks of several machines differ a little. */
const AHEAD = 60_000;

/** A span of time that ends a minute from now, so that a clock a little ahead hides nothing. */
export function span(now: Date, back: number): { $gte: Date; $lte: Date } {
  return { $gte: new Date(now.getTime() - back), $lte: new Date(now.getTime() + AHEAD) };
}

/** Reads what came last, further and further back (`windows`, ms) until `limit` are found. */
export async function furtherBack<T>(
  { now, limit, windows }: { now: Date; limit: number; windows: readonly number[] },
  read: (within: ReturnType<typeof span>) => Promise<T[]>,
): Promise<T[]> {
  let found: T[] = [];
  for (const back of windows) {
    found = await read(span(now, back));
    if (found.length >= limit) break;
  }
  return found;
}

/** The latest documents by a date that is indexed, the newest first. */
export function readLatest<Doc extends Document>(
  collection: Collection<Doc>,
  field: string,
  { now, limit, projection = {} }: { now: Date; limit: number; projection?: Document },
): Promise<WithId<Doc>[]> {
  return furtherBack({ now, limit, windows: WINDOWS }, (within) =>
    collection
      .find({ [field]: within } as Filter<Doc>, { projection })
      .sort({ [field]: -1 })
      .limit(limit)
      .toArray(),
  );
}
