import type { Version } from "../model/version.ts";
import { ignoreDuplicates } from "./errors.ts";
import { findIn } from "./find-in.ts";
import type { Store } from "./store.ts";

/** Versions of one source that are listed. */
const MOST = 200;

/** Keeps a version; one that is kept already stays as it is. */
export async function keepVersion(store: Store, version: Omit<Version, "_id">): Promise<void> {
  const _id = `${version.sourceId}:${version.version}`;
  await ignoreDuplicates(store.collections.versions.insertOne({ _id, ...version }));
}

/** The versions of a source, the newest first. */
export function readVersions(store: Store, sourceId: string): Promise<Version[]> {
  return store.collections.versions
    .find({ sourceId, version: { $gte: 1, $lt: Number.MAX_SAFE_INTEGER } })
    .sort({ version: -1 })
    .limit(MOST)
    .toArray();
}

/** One version of a source; null when there is none of this number. */
export function getVersion(
  store: Store,
  sourceId: string,
  version: number,
): Promise<Version | null> {
  return store.collections.versions.findOne({ _id: `${sourceId}:${version}` });
}

/** Which of these versions (`SOURCE:VERSION`) are kept. */
export async function keptVersions(store: Store, ids: string[]): Promise<Set<string>> {
  const found = await findIn(store.collections.versions, "_id", ids, { projection: { _id: 1 } });
  return new Set(found.map(({ _id }) => _id));
}
