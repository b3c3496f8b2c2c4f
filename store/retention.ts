import { removeEach } from "./remove.ts";
import { EPOCH, type Store } from "./store.ts";

/** Range of what is older than `until`, as an index serves it. */
const older = (until: Date) => ({ $gt: EPOCH, $lt: until });
const ID = { projection: { _id: 1 } };

/** Ids of all sources, also of those that no file names any more, in order; robots.txt belongs to ``. */
export async function allSourceIds(store: Store): Promise<string[]> {
  const found = await store.collections.sources.find({}, ID).toArray();
  return ["", ...found.map(({ _id }) => _id).toSorted()];
}

/** Removes captures of a source that were fetched before `until`, at most `limit`; answers how many. */
export async function removeCaptures(
  { collections: { captures } }: Store,
  sourceId: string,
  until: Date,
  limit: number,
): Promise<number> {
  const old = captures.find({ sourceId, fetchedAt: older(until) }, ID).limit(limit);
  const ids = await old.toArray();
  return removeEach(
    captures,
    ids.map(({ _id }) => ({ _id })),
  );
}

/**
 * Removes bodies that no capture stored since `until`, at most `limit`; answers how many. One that
 * is stored again at this moment stays: its date is part of the condition.
 */
export async function removeBodies(
  { collections: { bodies } }: Store,
  until: Date,
  limit: number,
): Promise<number> {
  const old = await bodies
    .find({ storedAt: older(until) }, ID)
    .limit(limit)
    .toArray();
  return removeEach(
    bodies,
    old.map(({ _id }) => ({ _id, storedAt: { $lt: until } })),
  );
}

/** Removes records of a source's finished runs that started before `until`; answers how many. */
export async function removeRuns(
  { collections: { runs } }: Store,
  sourceId: string,
  until: Date,
  limit: number,
): Promise<number> {
  const old = runs.find({ sourceId, startedAt: older(until) }, { projection: { open: 1 } });
  const found = await old.limit(limit).toArray();
  return removeEach(
    runs,
    found.flatMap(({ _id, open }) => (open ? [] : { _id })),
  );
}
