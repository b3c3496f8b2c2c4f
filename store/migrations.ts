import { MongoServerError } from "mongodb";
import { shortHash } from "../lib/hash.ts";
import { INDEXES } from "./indexes.ts";
import type { Store } from "./store.ts";
import { ignoreDuplicates } from "./writes.ts";

/**
 * A numbered step that changes the structure of the store. It must be safe to run twice, even at
 * the same time.
 */
export type Migration = (store: Store) => Promise<void>;

/**
 * The steps in order; the first one creates a store's indexes. To change what is stored, append a
 * step. Existing steps are never edited or reordered.
 */
const MIGRATIONS: Migration[] = [makeIndexes];

const INDEXES_DIGEST = Number.parseInt(shortHash(JSON.stringify(INDEXES)).slice(0, 8), 16);

export const SCHEMA_VERSION = MIGRATIONS.length;

/**
 * Runs the migrations that haven't been run on this store. Throws if a newer version of Newsgather
 * made the store, or if a restore into the store is running or was interrupted. If a migration is
 * interrupted, the next call runs it again, but not the ones before it.
 */
export async function migrate(store: Store, steps: Migration[] = MIGRATIONS): Promise<void> {
  const { meta } = store.collections;
  if (await meta.findOne({ _id: "restoring" })) {
    throw new Error(
      "a restore into this store is running or was interrupted: if none is running, run `newsgather restore` again",
    );
  }
  await runSteps(store, steps);
}

/**
 * Runs the migrations that haven't been run on a store, even while a restore is in progress, and
 * creates missing indexes. Throws if a newer version of Newsgather made the store.
 */
export async function runSteps(store: Store, steps: Migration[] = MIGRATIONS): Promise<void> {
  const { meta } = store.collections;
  const version = (await meta.findOne({ _id: "schema" }))?.value ?? 0;
  if (version > steps.length) {
    throw new Error(
      `the store has schema ${version}, but this Newsgather knows only up to ${steps.length}: update Newsgather`,
    );
  }
  for (const [done, step] of steps.entries()) {
    if (done < version) continue;
    await step(store);
    await ignoreDuplicates(
      meta.updateOne({ _id: "schema" }, { $max: { value: done + 1 } }, { upsert: true }),
    );
  }
  // A newer version can have added indexes. Creating them at each start would take longer than most commands.
  if ((await meta.findOne({ _id: "indexes" }))?.value !== INDEXES_DIGEST) await makeIndexes(store);
}

/**
 * Creates every missing index, and updates the expiry times of existing ones. Stores a digest of
 * the indexes, so that the next start skips this work.
 */
export async function makeIndexes(store: Store): Promise<void> {
  const { collections } = store;
  const names = [...new Set(INDEXES.map(({ collection }) => collection))];
  await Promise.all(
    names.map(async (name) => {
      const indexes = INDEXES.filter(({ collection }) => collection === name);
      const create = () =>
        collections[name].createIndexes(
          indexes.map(({ collection: _collection, ...description }) => description),
        );
      await create().catch(async (error: unknown) => {
        if (!(error instanceof MongoServerError && INDEX_CONFLICT_CODES.has(error.code)))
          throw error;
        await changeExpiry(store, indexes);
        await create();
      });
    }),
  );
  await ignoreDuplicates(
    collections.meta.updateOne(
      { _id: "indexes" },
      { $set: { value: INDEXES_DIGEST } },
      { upsert: true },
    ),
  );
}

/** MongoDB's error codes for an index that exists with other options. */
const INDEX_CONFLICT_CODES = new Set<unknown>([85, 86]);
const INDEX_NOT_FOUND = 27;

async function changeExpiry({ db }: Store, indexes: typeof INDEXES): Promise<void> {
  for (const { collection, key: keyPattern, expireAfterSeconds } of indexes) {
    if (expireAfterSeconds === undefined) continue;
    await db
      .command({ collMod: collection, index: { keyPattern, expireAfterSeconds } })
      .catch((error: unknown) => {
        if (!(error instanceof MongoServerError && error.code === INDEX_NOT_FOUND)) throw error;
      });
  }
}
