import { type CollectionOptions, MongoClient } from "mongodb";
import { migrate } from "./migrations.ts";
import type { Collections, Store } from "./store.ts";
import type { Tiers } from "./tiers/tier.ts";

export const COLLECTION_NAMES: (keyof Collections)[] = [
  "sources",
  "versions",
  "runs",
  "links",
  "hosts",
  "robots",
  "rightsDocuments",
  "captures",
  "bodies",
  "articles",
  "aliases",
  "revisions",
  "texts",
  "fingerprints",
  "changes",
  "days",
  "statistics",
  "sourceDays",
  "boilerplate",
  "quality",
  "baselines",
  "previews",
  "tombstones",
  "corrections",
  "intents",
  "consumers",
  "subscribers",
  "subscriptions",
  "deliveries",
  "users",
  "keys",
  "sessions",
  "audit",
  "processes",
  "alarms",
  "digests",
  "coverage",
  "reprocessings",
  "views",
  "searches",
  "clicks",
  "idempotencyRecords",
  "drafts",
  "exports",
  "stagingSets",
  "stagedArticles",
  "meta",
];

/**
 * `changes` and `meta` need majority read concern: a reader of the stream must not see a change
 * that a failover could undo. Decisions about other collections are made by writes, which always
 * see the newest state.
 */
const COLLECTION_OPTIONS: Partial<Record<keyof Collections, CollectionOptions>> = {
  changes: { readConcern: { level: "majority" } },
  meta: { readConcern: { level: "majority" } },
};

export interface StoreOptions {
  database: string;
  tiers?: Tiers;
}

/** Connects, migrates and creates indexes. Rejects if the server can't be reached within 10 s. */
export async function openStore(url: string, options: StoreOptions): Promise<Store> {
  const store = await connectStore(url, options);
  try {
    await migrate(store);
  } catch (error) {
    await store.close();
    throw error;
  }
  return store;
}

/** Connects without indexes or migrations. Only for code that is about to fill the store. */
export async function connectStore(url: string, options: StoreOptions): Promise<Store> {
  const client = new MongoClient(url, {
    heartbeatFrequencyMS: 1000,
    serverSelectionTimeoutMS: 10_000,
    maxPoolSize: 32,
    // A peak opens more connections than are needed afterwards: close idle ones.
    maxIdleTimeMS: 60_000,
    retryWrites: false,
    ignoreUndefined: true,
    writeConcern: { w: "majority", journal: true },
  });
  await client.connect();
  const db = client.db(options.database);
  const collections = Object.fromEntries(
    COLLECTION_NAMES.map((name) => [name, db.collection(name, COLLECTION_OPTIONS[name])]),
  ) as unknown as Collections;
  return { client, db, collections, tiers: options.tiers ?? {}, close: () => client.close() };
}
