import type { Alarm, Digest } from "../../model/operations/alarm.ts";
import { changeOne, findAll, ignoreDuplicates, readLatest, soon, writeEach } from "../queries.ts";
import { dueBy, type Store } from "../store.ts";

const MAX_ALARMS = 2000;
const ALARM_RETENTION_MS = 30 * 86_400_000;

export async function readAlarms(store: Store, now: Date): Promise<Alarm[]> {
  const { alarms } = store.collections;
  const since = new Date(now.getTime() - ALARM_RETENTION_MS);
  const [open, closed] = await Promise.all([
    openAlarms(store),
    findAll(
      alarms,
      { closedAt: { $gt: since, $lt: soon(now) } },
      { sort: { closedAt: -1 }, limit: MAX_ALARMS },
    ),
  ]);
  return [...open, ...closed];
}

export async function openAlarms(store: Store): Promise<Alarm[]> {
  const open = await findAll(store.collections.alarms, { closedAt: null }, { limit: MAX_ALARMS });
  return open.toSorted((a, b) => b.openedAt.getTime() - a.openedAt.getTime());
}

export async function saveAlarms(store: Store, alarms: Alarm[]): Promise<void> {
  await writeEach(store.collections.alarms, alarms, (alarm) => ({
    replaceOne: { filter: { _id: alarm._id }, replacement: alarm, upsert: true },
  }));
}

/** Adds a digest. An existing digest stays as it is. */
export async function addDigest(store: Store, digest: Digest): Promise<void> {
  await ignoreDuplicates(store.collections.digests.insertOne(digest));
}

export function latestDigests(store: Store, now: Date, limit: number): Promise<Digest[]> {
  return readLatest(store.collections.digests, "at", { before: soon(now), limit });
}

/** Returns digests that are due to be sent; at most 20. */
export function dueDigests(store: Store, now: Date): Promise<Digest[]> {
  return findAll(store.collections.digests, { nextTryAt: dueBy(now) }, { limit: 20 });
}

/** Leases a digest for one attempt to send it; returns false if another process has taken it. */
export function takeDigest(
  store: Store,
  { _id, nextTryAt }: Digest,
  until: Date,
): Promise<boolean> {
  const update = { $set: { nextTryAt: until } };
  return changeOne(store.collections.digests, { _id, nextTryAt }, update);
}

export async function recordDigestOutcome(
  store: Store,
  id: string,
  set: Pick<Digest, "waiting" | "tries" | "nextTryAt" | "problem">,
): Promise<void> {
  await store.collections.digests.updateOne({ _id: id }, { $set: set });
}
