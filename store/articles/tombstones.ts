import type { Tombstone } from "../../model/articles/article.ts";
import { findIn } from "../queries.ts";
import { type Store } from "../store.ts";

/** Returns tombstones by URL key. An article's id is also a URL key. */
export async function tombstonesOf(store: Store, keys: string[]): Promise<Map<string, Tombstone>> {
  const found = await findIn(store.collections.tombstones, "_id", [...new Set(keys)]);
  return new Map(found.map((tombstone) => [tombstone._id, tombstone]));
}

/** Returns the URL keys that were erased since a time; at most the latest 5,000. */
export async function erasedSince(store: Store, since: Date, now: Date): Promise<string[]> {
  const at = { $gte: since, $lt: new Date(now.getTime() + 60_000) };
  const found = await store.collections.tombstones
    .find({ kind: "erased", at }, { projection: { _id: 1 } })
    .sort({ at: -1 })
    .limit(5000)
    .toArray();
  return found.map(({ _id }) => _id);
}

/** Stores tombstones. Existing tombstones stay, except that an erasure replaces a purge. */
export async function bury(store: Store, tombstones: Tombstone[]): Promise<void> {
  if (tombstones.length === 0) return;
  await store.collections.tombstones.bulkWrite(
    tombstones.flatMap(({ _id, kind, ...rest }) => {
      const fresh = { filter: { _id }, update: { $setOnInsert: { kind, ...rest } }, upsert: true };
      const wins = {
        filter: { _id, kind: "purged" as const },
        update: { $set: { kind, ...rest } },
      };
      return [{ updateOne: fresh }, ...(kind === "erased" ? [{ updateOne: wins }] : [])];
    }),
  );
}

/** Returns the date up to which retention has removed articles; null if it has removed none. */
export async function purgedUntil({ collections: { meta } }: Store): Promise<Date | null> {
  const found = await meta.findOne({ _id: "purgedUntil" });
  return found ? new Date(found.value) : null;
}
