import type { Collection, Document, Filter, WithId } from "mongodb";

const DAY = 86_400_000;
/** How far back is looked, growing until enough are found. */
const WINDOWS = [DAY, 30 * DAY, 3650 * DAY];
/** Clocks of several machines differ a little. */
const AHEAD = 60_000;

/** The latest documents by a date that is indexed, the newest first. */
export async function readLatest<Doc extends Document>(
  collection: Collection<Doc>,
  field: string,
  { now, limit, projection = {} }: { now: Date; limit: number; projection?: Document },
): Promise<WithId<Doc>[]> {
  let found: WithId<Doc>[] = [];
  for (const back of WINDOWS) {
    const $gte = new Date(now.getTime() - back);
    const $lt = new Date(now.getTime() + AHEAD);
    found = await collection
      .find({ [field]: { $gte, $lt } } as Filter<Doc>, { projection })
      .sort({ [field]: -1 })
      .limit(limit)
      .toArray();
    if (found.length >= limit) break;
  }
  return found;
}
