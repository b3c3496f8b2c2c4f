import type { Boilerplate, FinishedBoilerplate, Learnt } from "../../model/sources/boilerplate.ts";
import { readDue } from "../queries.ts";
import { dueBy, FAR_FUTURE, type Store } from "../store.ts";
import { writeEach } from "../writes.ts";

export async function readBoilerplate(
  store: Store,
  sourceIds: string[],
): Promise<Map<string, Boilerplate>> {
  const found = await store.collections.boilerplate.find({ _id: { $in: sourceIds } }).toArray();
  return new Map(found.map((one) => [one._id, one]));
}

export async function boilerplateKeys(store: Store, sourceId: string): Promise<string[]> {
  const one = await store.collections.boilerplate.findOne(
    { _id: sourceId },
    { projection: { "known.key": 1 } },
  );
  return one?.known.map(({ key }) => key) ?? [];
}

/** Boilerplate is finalised this long after a source's last article, or when its run closes. */
const FINISH_AFTER_MS = 10 * 60_000;

export interface BoilerplateAddition {
  sourceId: string;
  recent: Boilerplate["recent"];
  known: Learnt[];
}

/** Adds entries to sources' boilerplate, even concurrently; drops the oldest beyond the limits. */
export async function addBoilerplate(
  store: Store,
  additions: BoilerplateAddition[],
  { at, limits }: { at: Date; limits: { articles: number; paragraphs: number } },
): Promise<void> {
  await writeEach(store.collections.boilerplate, additions, ({ sourceId, recent, known }) => ({
    updateOne: {
      filter: { _id: sourceId },
      update: {
        $push: {
          recent: { $each: recent, $slice: -limits.articles },
          known: { $each: known, $slice: -limits.paragraphs },
        },
        $inc: { version: 1 },
        $max: { finishAt: new Date(at.getTime() + FINISH_AFTER_MS) },
      },
      upsert: true,
    },
  }));
}

/** Lets the boilerplate of sources whose runs have ended be finalised now instead of later. */
export async function finishBoilerplateFrom(
  { collections }: Store,
  sourceIds: readonly string[],
  now: Date,
): Promise<void> {
  if (sourceIds.length === 0) return;
  await collections.boilerplate.updateMany(
    { _id: { $in: [...sourceIds] }, finishAt: { $gt: now, $lt: FAR_FUTURE } },
    { $set: { finishAt: now } },
  );
}

export function findBoilerplateToFinish(
  { collections }: Store,
  now: Date,
  limit: number,
): Promise<Boilerplate[]> {
  return readDue(collections.boilerplate, "finishAt", { now, limit });
}

/** Stores final boilerplate; returns false if the boilerplate has changed since it was read. */
export async function saveFinishedBoilerplate(
  store: Store,
  { _id, version }: Pick<Boilerplate, "_id" | "version">,
  { recent, known, reread }: FinishedBoilerplate,
  now: Date,
): Promise<boolean> {
  const { matchedCount } = await store.collections.boilerplate.updateOne(
    { _id, version },
    {
      $set: { recent, known },
      $inc: { version: 1 },
      $unset: { finishAt: "" },
      ...(reread.length > 0 && {
        $addToSet: { reread: { $each: reread } },
        $min: { rereadAt: now },
      }),
    },
  );
  return matchedCount === 1;
}

/** Returns the ids of sources with articles that are due to be read again, earliest due first. */
export async function sourcesToReread(store: Store, now: Date, limit: number): Promise<string[]> {
  const projection = { _id: 1 };
  const found = await readDue(store.collections.boilerplate, "rereadAt", {
    now,
    limit,
    projection,
  });
  return found.map(({ _id }) => _id);
}

/** Leases articles to read again, and returns their ids; null if none are due or all are leased. */
export async function takeReread(
  store: Store,
  sourceId: string,
  { now, until, limit }: { now: Date; until: Date; limit: number },
): Promise<string[] | null> {
  const taken = await store.collections.boilerplate.findOneAndUpdate(
    { _id: sourceId, rereadAt: dueBy(now) },
    { $set: { rereadAt: until } },
    { projection: { reread: 1 } },
  );
  return taken && (taken.reread ?? []).slice(0, limit);
}

export async function endReread(
  store: Store,
  sourceId: string,
  articles: readonly string[],
  now: Date,
): Promise<void> {
  const { boilerplate } = store.collections;
  await boilerplate.updateOne(
    { _id: sourceId },
    { $pull: { reread: { $in: [...articles] } }, $set: { rereadAt: now } },
  );
  await boilerplate.updateOne({ _id: sourceId, reread: [] }, { $unset: { rereadAt: "" } });
}

/** Whether any boilerplate is due to be finalised, or any article must be read again. */
export async function isBoilerplateOpen({ collections }: Store, now: Date): Promise<boolean> {
  const open = [{ finishAt: dueBy(now) }, { rereadAt: dueBy(FAR_FUTURE) }];
  const found = await Promise.all(
    open.map((due) => collections.boilerplate.findOne(due, { projection: { _id: 1 } })),
  );
  return found.some(Boolean);
}
