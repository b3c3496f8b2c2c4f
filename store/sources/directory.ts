import type { SourceHealthFields } from "../../model/sources/health.ts";
import type { SourceRecord } from "../../model/sources/source.ts";
import type { Store } from "../store.ts";

/** Sources that are read at most. */
const MOST = 1000;

/** How a source stands, with its name. */
export type SourceHealthRecord = SourceHealthFields & Pick<SourceRecord, "name">;

/** What is read of each source where all are looked through, so that one record of many costs little. */
const HEALTH_FIELDS = {
  name: 1,
  active: 1,
  paused: 1,
  pausedByOperator: 1,
  failures: 1,
  lastProblem: 1,
  lastNewArticleAt: 1,
  lastAttemptAt: 1,
  lastSuccessAt: 1,
  moved: 1,
  drift: 1,
  silentAt: 1,
  spike: 1,
} satisfies { [Key in Exclude<keyof SourceHealthRecord, "_id">]: 1 };

/** How every configured source stands, by name; at most 1,000. */
export async function readHealthRecords({ collections }: Store): Promise<SourceHealthRecord[]> {
  const found = await collections.sources
    .find<SourceHealthRecord>({ active: true }, { projection: HEALTH_FIELDS, batchSize: MOST })
    .limit(MOST)
    .toArray();
  return byName(found);
}

/** A source as it is chosen from a list. */
export type SourceName = Pick<SourceRecord, "_id" | "name" | "active" | "nextDueAt">;

/** Every source there is, by name. */
export async function sourceNames({ collections }: Store): Promise<SourceName[]> {
  const projection = { name: 1, active: 1, nextDueAt: 1 };
  const found = collections.sources.find<SourceName>({}, { projection, batchSize: MOST });
  return byName(await found.toArray());
}

/** The records of every configured source, by name; at most 1,000. */
export async function activeSources({ collections }: Store): Promise<SourceRecord[]> {
  const found = collections.sources.find({ active: true }, { batchSize: MOST }).limit(MOST);
  return byName(await found.toArray());
}

function byName<T extends { name: string }>(sources: T[]): T[] {
  return sources.toSorted((a, b) => a.name.localeCompare(b.name, "en"));
}

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
