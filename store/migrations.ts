import type { FindCursor } from "mongodb";
import type { Fingerprint } from "../model/fingerprint.ts";
import { ignoreDuplicates } from "./errors.ts";
import { INDEXES } from "./indexes.ts";
import { type PackedFingerprint, pack } from "./packed-fingerprint.ts";
import type { Store } from "./store.ts";

/** A numbered step from one shape of the store to the next; may be run again, and by two at once. */
export type Migration = (store: Store) => Promise<void>;

/** Fingerprints in one write. */
const WRITTEN_AT_ONCE = 500;

/** Appended to, never edited or reordered. */
const MIGRATIONS: Migration[] = [
  makeIndexes,
  dropStories,
  renameBreakers,
  outdateFingerprints,
  forgetFeedTexts,
  packFingerprints,
  keysByDay,
];

/** The schema version that this code speaks. */
export const SCHEMA_VERSION = MIGRATIONS.length;

/**
 * Runs the migrations that this store has not seen; refuses a store of a newer version, and one whose
 * restore was interrupted. A step that was stopped is run again; those before it are not.
 */
export async function migrate(store: Store, steps: Migration[] = MIGRATIONS): Promise<void> {
  const { meta } = store.collections;
  if (await meta.findOne({ _id: "restoring" })) {
    throw new Error(
      "a backup is being restored into this store, or that was interrupted: run `newsgather restore` again",
    );
  }
  const version = (await meta.findOne({ _id: "schema" }))?.value ?? 0;
  if (version > steps.length) {
    throw new Error(
      `the store has schema ${version}, this newsgather knows up to ${steps.length}: update it`,
    );
  }
  for (const [done, step] of steps.entries()) {
    if (done < version) continue;
    await step(store);
    await ignoreDuplicates(
      meta.updateOne({ _id: "schema" }, { $max: { value: done + 1 } }, { upsert: true }),
    );
  }
  // A new store has them all from its first step; an older one lacks those of later versions.
  if (version > 0) await makeIndexes(store);
}

/** Makes every index that is missing. */
export async function makeIndexes(store: Store): Promise<void> {
  for (const { collection, key, ...options } of INDEXES) {
    await store.collections[collection].createIndex(key, options);
  }
}

/** Stories stand in the articles' fingerprints, where one write decides them. */
async function dropStories({ db, collections }: Store): Promise<void> {
  await db.dropCollection("stories");
  const indexes = await collections.fingerprints.indexes();
  const old = indexes.find(({ name }) => name === "bands_1");
  if (old?.name) await collections.fingerprints.dropIndex(old.name);
}

/** A breaker is open while its host is left alone, so the times of hosts are called that too. */
async function renameBreakers({ collections: { hosts } }: Store): Promise<void> {
  const names = { closedUntil: "openUntil", closedReason: "openReason" };
  await hosts.updateMany({ closedUntil: { $exists: true } }, { $rename: names });
  if ((await hosts.indexes()).some(({ name }) => name === "closedUntil_1")) {
    await hosts.dropIndex("closedUntil_1");
  }
}

/** What older versions compared articles by is no longer comparable: upkeep makes it anew, before that it is not found. */
async function outdateFingerprints({ collections }: Store): Promise<void> {
  await collections.fingerprints.updateMany(
    { terms: { $exists: false } },
    {
      $set: { keys: [], staleAt: new Date() },
      $unset: { bands: "", standing: "" },
      $inc: { version: 1 },
    },
  );
}

/** Texts that feeds carried are read from the articles' own pages, which say what may be kept. */
async function forgetFeedTexts({ collections: { links } }: Store): Promise<void> {
  const text = "hints.contentHtml";
  await links.updateMany({ [text]: { $exists: true } }, { $unset: { [text]: "" } });
}

/** As older versions stored what is compared: in lists. */
type Unpacked = Pick<Fingerprint, "_id" | "terms" | "numbers"> & { signature: number[] };

/** What articles are compared by is kept in few bytes. */
async function packFingerprints(store: Store): Promise<void> {
  const projection = { terms: 1, signature: 1, numbers: 1 };
  const all = store.collections.fingerprints.find<Unpacked>({}, { projection });
  await rewrite(store, all, ({ terms, numbers, signature }) => {
    if (!Array.isArray(terms)) return null;
    return pack({ terms, numbers, signature: Uint16Array.from(signature) });
  });
}

/** Keys begin with their day, so that those that are asked for together lie together. */
async function keysByDay(store: Store): Promise<void> {
  const all = store.collections.fingerprints.find({}, { projection: { at: 1, keys: 1 } });
  await rewrite(store, all, ({ at, keys }) => {
    const day = Math.floor(at.getTime() / 86_400_000);
    const isOld = (key: string) => key.endsWith(`:${day}`) && !key.startsWith(`${day}:`);
    const turned = (key: string) => `${day}:${key.slice(0, key.lastIndexOf(":"))}`;
    return keys.some(isOld) ? { keys: keys.map((key) => (isOld(key) ? turned(key) : key)) } : null;
  });
}

/** Writes what changes of fingerprints, in batches. */
async function rewrite<Old extends { _id: string }>(
  { collections: { fingerprints } }: Store,
  all: FindCursor<Old>,
  change: (print: Old) => Partial<PackedFingerprint> | null,
): Promise<void> {
  let changes: { _id: string; set: Partial<PackedFingerprint> }[] = [];
  const write = async () => {
    if (changes.length === 0) return;
    await fingerprints.bulkWrite(
      changes.map(({ _id, set }) => ({ updateOne: { filter: { _id }, update: { $set: set } } })),
    );
    changes = [];
  };
  for await (const print of all) {
    const set = change(print);
    if (set) changes.push({ _id: print._id, set });
    if (changes.length === WRITTEN_AT_ONCE) await write();
  }
  await write();
}
