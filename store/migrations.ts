import { ignoreDuplicates } from "./errors.ts";
import { INDEXES } from "./indexes.ts";
import type { Store } from "./store.ts";

/** Numbered steps from one shape of the store to the next; each may be run again after a crash. */
const MIGRATIONS: ((store: Store) => Promise<void>)[] = [makeIndexes];

/** The schema version that this code speaks. */
export const SCHEMA_VERSION = MIGRATIONS.length;

/** Runs the migrations that this store has not seen; refuses a store of a newer version. */
export async function migrate(store: Store): Promise<void> {
  const { meta } = store.collections;
  const version = (await meta.findOne({ _id: "schema" }))?.value ?? 0;
  if (version > SCHEMA_VERSION) {
    throw new Error(
      `the store has schema ${version}, this newsgather knows up to ${SCHEMA_VERSION}: update it`,
    );
  }
  if (version === SCHEMA_VERSION) return makeIndexes(store);
  for (const [done, step] of MIGRATIONS.entries()) {
    if (done < version) continue;
    await step(store);
    await ignoreDuplicates(
      meta.updateOne({ _id: "schema" }, { $set: { value: done + 1 } }, { upsert: true }),
    );
  }
}

async function makeIndexes(store: Store): Promise<void> {
  for (const { collection, key, ...options } of INDEXES) {
    await store.collections[collection].createIndex(key, options);
  }
}
