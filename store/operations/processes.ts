import type { Part } from "../../model/operations/process.ts";
import type { Store } from "../store.ts";

/** A part that nobody has spoken of for so long is gone with its supervisor, ms. */
const GONE = 60_000;
const MOST = 200;

/** Keeps how parts stand now. */
export async function saveParts(store: Store, parts: Part[]): Promise<void> {
  if (parts.length === 0) return;
  await store.collections.parts.bulkWrite(
    parts.map((part) => ({
      replaceOne: { filter: { _id: part._id }, replacement: part, upsert: true },
    })),
    { ordered: false },
  );
}

/** Parts that are spoken of, by name; at most 200. */
export async function readParts(store: Store, now: Date): Promise<Part[]> {
  const span = { $gte: new Date(now.getTime() - GONE), $lte: new Date(now.getTime() + GONE) };
  const parts = await store.collections.parts.find({ at: span }).limit(MOST).toArray();
  return parts.toSorted((a, b) => a.name.localeCompare(b.name) || a._id.localeCompare(b._id));
}

/** Forgets parts that were stopped, and those of supervisors that are gone for a day. */
export async function forgetParts(store: Store, ids: string[], before: Date): Promise<void> {
  const { parts } = store.collections;
  if (ids.length > 0) await parts.deleteMany({ _id: { $in: ids } });
  await parts.deleteMany({ at: { $gt: new Date(0), $lt: before } });
}
