import type { FindCursor } from "mongodb";
import { type Fingerprint, pairKey, textKey } from "../model/articles/fingerprint.ts";
import { type PackedFingerprint, pack } from "./articles/packed-fingerprint.ts";
import type { Store } from "./store.ts";

/** Fingerprints in one write. */
const WRITTEN_AT_ONCE = 500;

/** What older versions compared articles by is no longer comparable: upkeep makes it anew, before that it is not found. */
export async function outdateFingerprints({ collections }: Store): Promise<void> {
  await collections.fingerprints.updateMany(
    { terms: { $exists: false } },
    {
      $set: { keys: [], staleAt: new Date() },
      $unset: { bands: "", standing: "" },
      $inc: { version: 1 },
    },
  );
}

/** As older versions stored what is compared: in lists. */
type Unpacked = Pick<Fingerprint, "_id" | "terms" | "numbers"> & { signature: number[] };

/** What articles are compared by is kept in few bytes. */
export async function packFingerprints(store: Store): Promise<void> {
  const projection = { terms: 1, signature: 1, numbers: 1 };
  const all = store.collections.fingerprints.find<Unpacked>({}, { projection });
  await rewrite(store, all, ({ terms, numbers, signature }) => {
    if (!Array.isArray(terms)) return null;
    return pack({ terms, numbers, signature: Uint16Array.from(signature) });
  });
}

/** With keys as older versions stored them. */
type TextKeys = Pick<Fingerprint, "_id" | "at"> & { keys: (string | number)[] };

/** Keys begin with their day, so that those that are asked for together lie together. */
export async function keysByDay(store: Store): Promise<void> {
  const all = textKeysOf(store);
  await rewrite<TextKeys>(store, all, ({ at, keys }) => {
    const day = Math.floor(at.getTime() / 86_400_000);
    const isOld = (key: string | number): key is string =>
      String(key).endsWith(`:${day}`) && !String(key).startsWith(`${day}:`);
    const turned = (key: string) => `${day}:${key.slice(0, key.lastIndexOf(":"))}`;
    if (!keys.some(isOld)) return null;
    const texts: unknown[] = keys.map((key) => (isOld(key) ? turned(key) : key));
    return { keys: texts as number[] };
  });
}

/** Keys are numbers. Those of runs are made anew by upkeep, since runs are longer now. */
export async function numberKeys(store: Store): Promise<void> {
  await rewrite<TextKeys>(store, textKeysOf(store), ({ at, keys }) => {
    const texts = keys.filter((key) => typeof key === "string");
    if (texts.length === 0) return null;
    const numbers = texts.flatMap((key) => {
      const [, hash] = /^=(.+)$/.exec(key) ?? [];
      const [, pair] = /^\d+:\+(.+)$/.exec(key) ?? [];
      if (hash !== undefined) return textKey(hash);
      return pair === undefined ? [] : pairKey(pair, at);
    });
    const isWhole = numbers.length === texts.length;
    return { keys: numbers, ...(!isWhole && { staleAt: new Date() }) };
  });
}

function textKeysOf({ collections: { fingerprints } }: Store): FindCursor<TextKeys> {
  return fingerprints.find<TextKeys>({}, { projection: { at: 1, keys: 1 } });
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
