import type { Alarm, Digest } from "../../model/operations/alarm.ts";
import { readLatest } from "../queries.ts";
import { dueBy, type Store } from "../store.ts";
import { ignoreDuplicates } from "../writes.ts";

/** Maximum number of alarms in one read. */
const MOST = 2000;
/** How long closed alarms stay, ms. */
const ALARM_RETENTION_MS = 30 * 86_400_000;

/** Returns open alarms, the newest first, then those that closed in the last 30 days. */
export async function readAlarms(store: Store, now: Date): Promise<Alarm[]> {
  const { alarms } = store.collections;
  const since = new Date(now.getTime() - ALARM_RETENTION_MS);
  const [open, closed] = await Promise.all([
    openAlarms(store),
    alarms
      .find({ closedAt: { $gt: since, $lt: new Date(now.getTime() + 60_000) } })
      .sort({ closedAt: -1 })
      .limit(MOST)
      .toArray(),
  ]);
  return [...open, ...closed];
}

/** Alarms that last, the newest first. */
export async function openAlarms(store: Store): Promise<Alarm[]> {
  const open = await store.collections.alarms.find({ closedAt: null }).limit(MOST).toArray();
  return open.toSorted((a, b) => b.openedAt.getTime() - a.openedAt.getTime());
}

/** Keeps alarms as they are now. */
export async function saveAlarms(store: Store, alarms: Alarm[]): Promise<void> {
  if (alarms.length === 0) return;
  await store.collections.alarms.bulkWrite(
    alarms.map((alarm) => ({
      replaceOne: { filter: { _id: alarm._id }, replacement: alarm, upsert: true },
    })),
    { ordered: false },
  );
}

/** Adds a digest; the same one again changes nothing. */
export async function addDigest(store: Store, digest: Digest): Promise<void> {
  await ignoreDuplicates(store.collections.digests.insertOne(digest));
}

/** The latest digests, newest first. */
export function latestDigests(store: Store, now: Date, limit: number): Promise<Digest[]> {
  return readLatest(store.collections.digests, "at", { now, limit });
}

/** Digests that have to be sent now. */
export function dueDigests(store: Store, now: Date): Promise<Digest[]> {
  return store.collections.digests
    .find({ nextTryAt: dueBy(now) })
    .limit(20)
    .toArray();
}

/** Takes a digest, as it was read, for one try until `until`; false when another process has it. */
export async function takeDigest(store: Store, digest: Digest, until: Date): Promise<boolean> {
  const taken = await store.collections.digests.updateOne(
    { _id: digest._id, nextTryAt: digest.nextTryAt },
    { $set: { nextTryAt: until } },
  );
  return taken.modifiedCount === 1;
}

/** Stores the result of an attempt. */
export async function recordDigestOutcome(
  store: Store,
  id: string,
  set: Pick<Digest, "waiting" | "tries" | "nextTryAt" | "problem">,
): Promise<void> {
  await store.collections.digests.updateOne({ _id: id }, { $set: set });
}
