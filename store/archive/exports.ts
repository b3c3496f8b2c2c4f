import type { Export } from "../../model/archive/export.ts";
import { changeOne, findIn, readDue } from "../queries.ts";
import { dueBy, type Store } from "../store.ts";

const MAX_LISTED_EXPORTS = 100;
export const MAX_WAITING_EXPORTS = 20;

export async function addExport(store: Store, one: Export): Promise<void> {
  await store.collections.exports.insertOne(one);
}

export function getExport(store: Store, id: string): Promise<Export | null> {
  return store.collections.exports.findOne({ _id: id });
}

/** Returns exports, newest first; at most 100. */
export function listExports(store: Store, now: Date): Promise<Export[]> {
  return store.collections.exports
    .find({ requestedAt: dueBy(now) })
    .sort({ requestedAt: -1 })
    .limit(MAX_LISTED_EXPORTS)
    .toArray();
}

/** Returns the exports that are due by `until`, earliest first; at most 20. */
export function dueExports(store: Store, until: Date): Promise<Export[]> {
  return readDue(store.collections.exports, "dueAt", { now: until, limit: MAX_WAITING_EXPORTS });
}

export function setExport(
  store: Store,
  id: string,
  set: Partial<Omit<Export, "_id">>,
): Promise<boolean> {
  return changeOne(store.collections.exports, { _id: id }, { $set: set });
}

/** Removes an export. Returns false if it doesn't exist. The next sweep removes its files. */
export async function removeExport(store: Store, id: string): Promise<boolean> {
  return (await store.collections.exports.deleteOne({ _id: id })).deletedCount > 0;
}

/** Returns the ids of those exports that are neither withdrawn nor failed: their files stay. */
export async function findAvailableExports(store: Store, ids: string[]): Promise<Set<string>> {
  const found = await findIn(store.collections.exports, "_id", ids, { projection: { state: 1 } });
  const available = found.filter(({ state }) => state !== "withdrawn" && state !== "failed");
  return new Set(available.map(({ _id }) => _id));
}

/** Withdraws all exports requested up to now: they might contain content that was erased. */
export async function withdrawExports(store: Store, now: Date): Promise<void> {
  const reason = "content was erased after the request: request the export again";
  const state = "withdrawn" as const;
  const set = { state, dueAt: null, owner: null, files: [], reason };
  await store.collections.exports.updateMany({ requestedAt: dueBy(now) }, { $set: set });
}
