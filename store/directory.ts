import type { SourceRecord } from "../model/source.ts";
import type { Store } from "./store.ts";

/** What a reader sees of a source: its name, home and rights. */
export type PublicSource = Pick<SourceRecord, "_id" | "name" | "rights" | "checksum"> &
  Partial<Pick<SourceRecord, "home" | "country" | "language">>;

/** Every source that ever was configured, by name (retired ones keep their archive). */
export async function readDirectory(store: Store): Promise<PublicSource[]> {
  const sources = await store.collections.sources
    .find<PublicSource>(
      {},
      {
        projection: { name: 1, home: 1, rights: 1, checksum: 1, country: 1, language: 1 },
        batchSize: 1000,
      },
    )
    .toArray();
  return sources.toSorted((a, b) => a.name.localeCompare(b.name, "en"));
}

/** The same by id. */
export async function sourcesById(store: Store): Promise<Map<string, PublicSource>> {
  return new Map((await readDirectory(store)).map((source) => [source._id, source]));
}
