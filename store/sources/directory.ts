import { SOURCE_HEALTH_FIELDS, type SourceHealthFields } from "../../model/sources/health.ts";
import type { SourceRecord } from "../../model/sources/source.ts";
import { findAll, findIn, projectionOf } from "../queries.ts";
import type { Store } from "../store.ts";

const MAX_SOURCES = 1000;

export type SourceHealthRecord = SourceHealthFields & Pick<SourceRecord, "name" | "nextDueAt">;

/** Returns what the health of the active sources depends on, sorted by name; at most 1,000. */
export async function readHealthRecords({ collections }: Store): Promise<SourceHealthRecord[]> {
  // Reading whole records would cost more.
  const projection = projectionOf(["name", "nextDueAt", ...SOURCE_HEALTH_FIELDS]);
  const options = { projection, limit: MAX_SOURCES };
  return byName(await findAll(collections.sources, { active: true }, options));
}

export type SourceName = Pick<SourceRecord, "_id" | "name" | "active" | "nextDueAt">;

export async function sourceNames({ collections }: Store): Promise<SourceName[]> {
  const projection = { name: 1, active: 1, nextDueAt: 1 };
  return byName(await findAll(collections.sources, {}, { projection }));
}

export async function readSourceNames(
  { collections }: Store,
  ids: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const options = { projection: { name: 1 } };
  const found = await findIn(collections.sources, "_id", [...new Set(ids)], options);
  return new Map(found.map(({ _id, name }) => [_id, name]));
}

/** Returns the records of the active sources, sorted by name; at most 1,000. */
export async function activeSources({ collections }: Store): Promise<SourceRecord[]> {
  return byName(await findAll(collections.sources, { active: true }, { limit: MAX_SOURCES }));
}

function byName<T extends { name: string }>(sources: T[]): T[] {
  return sources.toSorted((a, b) => a.name.localeCompare(b.name, "en"));
}

/** What readers see of a source. */
export type PublicSource = Pick<SourceRecord, "_id" | "name" | "rights" | "checksum"> &
  Partial<Pick<SourceRecord, "home" | "country" | "language">>;

/** Returns what readers see of all sources, including retired ones, sorted by name. */
export async function readDirectory(store: Store): Promise<PublicSource[]> {
  const projection = { name: 1, home: 1, rights: 1, checksum: 1, country: 1, language: 1 };
  return byName(await findAll(store.collections.sources, {}, { projection }));
}

/** Returns what readers see of all sources, including retired ones, by id. */
export async function sourcesById(store: Store): Promise<Map<string, PublicSource>> {
  return new Map((await readDirectory(store)).map((source) => [source._id, source]));
}
