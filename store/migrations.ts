import { MongoServerError } from "mongodb";
import { shortHash } from "../lib/text.ts";
import { INDEXES } from "./indexes.ts";
import { ignoreDuplicates, readMeta, writeMeta } from "./queries.ts";
import type { Store } from "./store.ts";

/** A step that changes the store's structure; it must be safe to run twice, even concurrently. */
export type Migration = (store: Store) => Promise<void>;

/** To change what is stored, append a step; never edit or reorder steps. */
const MIGRATIONS: Migration[] = [makeIndexes];

const INDEXES_DIGEST = Number.parseInt(shortHash(JSON.stringify(INDEXES)).slice(0, 8), 16);

export const SCHEMA_VERSION = MIGRATIONS.length;

/**
 * Runs pending migrations. Throws if a newer version made the store, or if a restore into the store
 * is running or was interrupted.
 */
export async function migrate(store: Store, steps: Migration[] = MIGRATIONS): Promise<void> {
  if ((await readMeta(store, "restoring")) !== null) {
    throw new Error(
      "a restore into this store is running or was interrupted: if none is running, run `newsgather restore` again",
    );
  }
  await runSteps(store, steps);
}

/** Runs pending migrations, even during a restore. Throws if a newer version made the store. */
export async function runSteps(store: Store, steps: Migration[] = MIGRATIONS): Promise<void> {
  const version = (await readMeta(store, "schema")) ?? 0;
  if (version > steps.length) {
    throw new Error(
      `the store has schema ${version}, but this Newsgather knows only up to ${steps.length}: update Newsgather`,
    );
  }
  for (const [done, step] of steps.entries()) {
    if (done < version) continue;
    await step(store);
    await ignoreDuplicates(writeMeta(store, "$max", "schema", done + 1));
  }
  // A newer version can have added indexes. Creating them at each start would take longer than most
  // commands.
  if ((await readMeta(store, "indexes")) !== INDEXES_DIGEST) await makeIndexes(store);
}

/** Creates missing indexes and updates expiry times. */
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
  // Later starts skip this function while the definitions are the same.
  await ignoreDuplicates(writeMeta(store, "$set", "indexes", INDEXES_DIGEST));
}

/** MongoDB's `IndexOptionsConflict` and `IndexKeySpecsConflict`. */
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
