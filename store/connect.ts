import { migrate } from "./migrations.ts";
import { createMongoClient } from "./mongo-client.ts";
import { openCollections, type Store } from "./store.ts";
import type { Tiers } from "./tiers/tier.ts";

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
  const client = createMongoClient(url, {
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
  const collections = openCollections(db);
  return { client, db, collections, tiers: options.tiers ?? {}, close: () => client.close() };
}
