import { Source, type SourceRecord } from "../../model/sources/source.ts";
import type { Declared, Version } from "../../model/sources/version.ts";
import { changeOne, findIn, ignoreDuplicates } from "../queries.ts";
import type { Store } from "../store.ts";
import { INITIAL_SOURCE_STATE, nextFor } from "./sources.ts";

const MAX_VERSIONS = 200;

/** Stores a version. An existing version stays as it is. */
export async function addVersion(store: Store, version: Omit<Version, "_id">): Promise<void> {
  const _id = `${version.sourceId}:${version.version}`;
  await ignoreDuplicates(store.collections.versions.insertOne({ _id, ...version }));
}

/** Returns the latest 200 versions of a source, newest first. */
export function readVersions(store: Store, sourceId: string): Promise<Version[]> {
  return store.collections.versions
    .find({ sourceId, version: { $gte: 1, $lt: Number.MAX_SAFE_INTEGER } })
    .sort({ version: -1 })
    .limit(MAX_VERSIONS)
    .toArray();
}

export function getVersion(
  store: Store,
  sourceId: string,
  version: number,
): Promise<Version | null> {
  return store.collections.versions.findOne({ _id: `${sourceId}:${version}` });
}

/** Returns the given version ids (`SOURCE:VERSION`) that are stored. */
export async function findStoredVersions(store: Store, ids: string[]): Promise<Set<string>> {
  const found = await findIn(store.collections.versions, "_id", ids, { projection: { _id: 1 } });
  return new Set(found.map(({ _id }) => _id));
}

export type Making = Pick<Version, "at" | "actor" | "reason">;

const FIELDS = Object.keys(Source.shape);

/**
 * Stores a source's next version, and makes the source due unless it is paused. `record` is
 * undefined for a new source. Returns false if the source has changed since `record` was read.
 */
export async function declareSource(
  store: Store,
  record: SourceRecord | undefined,
  { source, checksum, yaml }: Declared,
  making: Making,
): Promise<boolean> {
  const { sources } = store.collections;
  const { id: _id } = source;
  const version = (record?.version ?? 0) + 1;
  const nextDueAt = nextFor(
    { ...source, pausedByOperator: record?.pausedByOperator ?? null },
    making.at,
  );
  const set = { ...source, version, checksum, active: true, nextDueAt };
  // Remove fields that the file no longer has.
  const unset = FIELDS.filter((field) => !(field in source)).map((field) => [field, ""] as const);
  const done = record
    ? await changeOne(
        sources,
        { _id, version: record.version },
        { $set: set, ...(unset.length > 0 && { $unset: Object.fromEntries(unset) }) },
      )
    : await ignoreDuplicates(sources.insertOne({ _id, ...INITIAL_SOURCE_STATE, ...set }));
  if (done) await addVersion(store, { sourceId: _id, version, ...making, source, yaml });
  return done;
}

/** Retires a source but keeps its archive; returns false if it has changed since it was read. */
export async function retireSource(
  store: Store,
  { _id, version: last }: Pick<SourceRecord, "_id" | "version">,
  making: Making,
): Promise<boolean> {
  const version = last + 1;
  const done = await changeOne(
    store.collections.sources,
    { _id, version: last },
    { $set: { active: false, nextDueAt: null, version } },
  );
  const nothing = { source: null, yaml: null };
  if (done) await addVersion(store, { sourceId: _id, version, ...making, ...nothing });
  return done;
}
