import { HOUR_MS } from "../lib/time.ts";
import type { Key } from "../model/key.ts";
import type { Store } from "./store.ts";

/** Adds a key. */
export async function addKey(
  store: Store,
  key: Omit<Key, "revokedAt" | "lastUsedAt">,
): Promise<void> {
  await store.collections.keys.insertOne({ ...key, revokedAt: null, lastUsedAt: null });
}

export function getKey(store: Store, id: string): Promise<Key | null> {
  return store.collections.keys.findOne({ _id: id });
}

/** All keys, revoked ones too; they are made by hand, so few. */
export function listKeys(store: Store): Promise<Key[]> {
  return store.collections.keys.find().limit(1000).toArray();
}

/** Ends a key for good; false when there is none that still holds. */
export async function revokeKey(store: Store, id: string, now: Date): Promise<boolean> {
  const { modifiedCount } = await store.collections.keys.updateOne(
    { _id: id, revokedAt: null },
    { $set: { revokedAt: now } },
  );
  return modifiedCount > 0;
}

/** Notes that a key was used; once an hour is enough. */
export async function touchKey(
  store: Store,
  { _id, lastUsedAt }: Pick<Key, "_id" | "lastUsedAt">,
  now: Date,
): Promise<void> {
  if (lastUsedAt && now.getTime() - lastUsedAt.getTime() < HOUR_MS) return;
  await store.collections.keys.updateOne({ _id }, { $set: { lastUsedAt: now } });
}
