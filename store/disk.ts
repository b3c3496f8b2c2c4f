import type { MongoClient } from "mongodb";
import type { Store } from "./store.ts";

/** Whether a client's server is the embedded database: asked once. */
const embedded = new WeakMap<MongoClient, boolean>();

/** Bytes free on the database's own disk; null where the server doesn't tell. */
export async function databaseFreeBytes(store: Store): Promise<number | null> {
  // The embedded database would read all that it holds to answer, and tells nothing of its disk, which is ours.
  if (await isEmbedded(store)) return null;
  const { fsTotalSize, fsUsedSize } = await store.db.command({ dbStats: 1 });
  const known = typeof fsTotalSize === "number" && typeof fsUsedSize === "number";
  return known ? fsTotalSize - fsUsedSize : null;
}

async function isEmbedded({ client, db }: Store): Promise<boolean> {
  const known = embedded.get(client);
  if (known !== undefined) return known;
  const { secantusVersion } = await db.command({ buildInfo: 1 });
  embedded.set(client, secantusVersion !== undefined);
  return secantusVersion !== undefined;
}
