import type { Store } from "./store.ts";

/** Bytes free on the database's own disk; null where the server doesn't tell. */
export async function databaseFreeBytes({ db }: Store): Promise<number | null> {
  const { secantusVersion } = await db.command({ buildInfo: 1 });
  // The embedded database would read all that it holds to answer, and tells nothing of its disk, which is ours.
  if (secantusVersion !== undefined) return null;
  const { fsTotalSize, fsUsedSize } = await db.command({ dbStats: 1 });
  const known = typeof fsTotalSize === "number" && typeof fsUsedSize === "number";
  return known ? fsTotalSize - fsUsedSize : null;
}
