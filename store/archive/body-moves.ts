import type { Filter, UpdateFilter } from "mongodb";
import pLimit from "p-limit";
import { digest } from "../../lib/text.ts";
import { type BodyRecord, isLost, lostText, TIERS, type Tier } from "../../model/crawl/capture.ts";
import { findById, findIn, readMeta, writeEach, writeMeta } from "../queries.ts";
import { EPOCH, type Store } from "../store.ts";
import { BODY_CONCURRENCY } from "../tiers/tier.ts";
import { readBodies, tierNamed } from "./bodies.ts";

export type BodyPlace = Omit<BodyRecord, "bytes">;

export interface Moved {
  moved: number;
  /** Total compressed size of the moved bodies, in bytes. */
  bytes: number;
  failed: { id: string; why: string }[];
}

export async function bodiesToMove(
  { collections: { bodies }, tiers }: Store,
  target: Tier,
  until: Date,
  limit: number,
): Promise<BodyPlace[]> {
  const found: BodyPlace[] = [];
  for (const tier of TIERS) {
    const isHere = tier === "database" || tiers[tier] !== undefined;
    if (tier === target || !isHere || found.length >= limit) continue;
    // A record of a body in the database has no `tier`.
    const storedTier = tier === "database" ? null : tier;
    const there = { tier: storedTier, storedAt: { $gt: EPOCH, $lt: until } } as Filter<BodyRecord>;
    const old = bodies.find<BodyPlace>(there, { projection: { bytes: 0 } });
    found.push(...(await old.limit(limit - found.length).toArray()));
  }
  return found;
}

/**
 * Moves bodies into the tier `target`. After an interruption, `finishMoves` removes the old copies.
 */
export async function moveBodies(
  store: Store,
  places: readonly BodyPlace[],
  target: Tier,
): Promise<Moved> {
  const into = tierNamed(store, target);
  const failed: Moved["failed"] = [];
  const found = await readBodies(
    store,
    places.map(({ _id }) => _id),
  );
  const copied = await pLimit(BODY_CONCURRENCY).map(places, async (place) => {
    const { _id: id } = place;
    const body = found.get(id);
    if (!body) return null;
    if (isLost(body)) return fail(id, lostText(body));
    if (digest(body.bytes) !== id) return fail(id, CHANGED);
    await into.put(id, body.bytes);
    const back = await into.get(id);
    if (!back || digest(back) !== id)
      return fail(id, `${target} returns other bytes than were written`);
    return { place, length: body.bytes.length };
  });
  const done = copied.filter((one) => one !== null);
  // Until the records name the new tier, the old copies are read.
  await recordTier(store, done, target);
  await finish(
    store,
    done.map(({ place }) => place._id),
  );
  const bytes = done.reduce((sum, { length }) => sum + length, 0);
  return { moved: done.length, bytes, failed };

  function fail(id: string, why: string): null {
    failed.push({ id, why });
    return null;
  }
}

const CHANGED =
  "its bytes in the database have changed since they were stored (the SHA-256 differs)";

async function recordTier(
  store: Store,
  done: readonly { place: BodyPlace; length: number }[],
  target: Tier,
): Promise<void> {
  if (done.length === 0) return;
  const { bodies } = store.collections;
  const { matchedCount } = await bodies.bulkWrite(
    done.map(({ place: { _id, storedAt, tier }, length }) => {
      const was: Tier = tier ?? "database";
      const update: UpdateFilter<BodyRecord> =
        target === "database"
          ? { $set: { was }, $unset: { tier: "", length: "" } }
          : { $set: { was, tier: target, length } };
      // Without `storedAt`, the update would hit a body that was stored again meanwhile.
      return { updateOne: { filter: { _id, storedAt }, update } };
    }),
    { ordered: false },
  );
  if (matchedCount === done.length || target === "database") return;
  // A body that was erased while it was copied must leave no copy.
  const ids = done.map(({ place }) => place._id);
  const left = await findById(bodies, ids, { projection: { _id: 1 } });
  await tierNamed(store, target).remove(ids.filter((id) => !left.has(id)));
}

/** Removes old copies of up to `limit` moved bodies; returns the number of these bodies. */
export async function finishMoves(store: Store, limit: number): Promise<number> {
  const { bodies } = store.collections;
  const moved = bodies.find({ was: { $in: TIERS } }, { projection: { _id: 1 } }).limit(limit);
  const ids = (await moved.toArray()).map(({ _id }) => _id);
  await finish(store, ids);
  return ids.length;
}

async function finish(store: Store, ids: string[]): Promise<void> {
  const { bodies } = store.collections;
  const moved = await findIn(bodies, "_id", ids, { projection: { was: 1, tier: 1 } });
  for (const tier of TIERS) {
    const from = moved.filter(({ was }) => was === tier);
    if (from.length === 0) continue;
    // A body that was moved back into this tier has its bytes there.
    const left = from.filter((one) => (one.tier ?? "database") !== tier);
    await tierNamed(store, tier).remove(left.map(({ _id }) => _id));
    await writeEach(bodies, from, ({ _id }) => ({
      updateOne: { filter: { _id, was: tier }, update: { $unset: { was: "" as const } } },
    }));
  }
}

/** The size of a tier at the last count. */
export interface TierSize {
  tier: Tier;
  /** Number of bodies; null for the database, whose bodies aren't counted. */
  bodies: number | null;
  bytes: number;
}

const nameOf = (tier: Tier, of: "bodies" | "bytes") => `tier:${tier}:${of}`;

/** Counts the bodies and bytes of each tier (for the database, only bytes); stores the counts. */
export async function countTiers(store: Store, onStep = () => {}): Promise<void> {
  const { bodies, sourceDays } = store.collections;
  let elsewhere = 0;
  for (const tier of TIERS) {
    if (tier === "database") continue;
    let [count, bytes] = [0, 0];
    const there = bodies.find({ tier }, { projection: { length: 1 } }).batchSize(1000);
    for await (const { length = 0 } of there) {
      if (++count % 1000 === 0) onStep();
      bytes += length;
    }
    elsewhere += bytes;
    await writeMeta(store, "$set", nameOf(tier, "bodies"), count);
    await writeMeta(store, "$set", nameOf(tier, "bytes"), bytes);
  }
  let total = 0;
  for await (const { bySource } of sourceDays.find()) {
    for (const day of Object.values(bySource)) total += day.stored.written;
  }
  const bytes = Math.max(0, total - elsewhere);
  await writeMeta(store, "$set", nameOf("database", "bytes"), bytes);
}

/**
 * Returns the size of each non-empty tier at the last count; empty if all bodies were in the
 * database.
 */
export async function readTierSizes(store: Store): Promise<TierSize[]> {
  const sizes = await Promise.all(
    TIERS.map(async (tier) => {
      const [bodies, bytes] = await Promise.all([
        readMeta(store, nameOf(tier, "bodies")),
        readMeta(store, nameOf(tier, "bytes")),
      ]);
      return { tier, bodies, bytes: bytes ?? 0 };
    }),
  );
  return sizes.some(({ bodies }) => bodies) ? sizes.filter(({ bytes }) => bytes > 0) : [];
}

const COUNTERS = { moved: "bodiesMoved", failed: "bodyMovesFailed" } as const;

type MoveCounts = Record<keyof typeof COUNTERS, number>;

export async function noteMoves(store: Store, { moved, failed }: MoveCounts): Promise<void> {
  if (moved > 0) await writeMeta(store, "$inc", COUNTERS.moved, moved);
  if (failed > 0) await writeMeta(store, "$inc", COUNTERS.failed, failed);
}

/** Returns the numbers of moved bodies and of failed moves since the store was created. */
export async function readMoves(store: Store): Promise<MoveCounts> {
  const [moved, failed] = await Promise.all([
    readMeta(store, COUNTERS.moved),
    readMeta(store, COUNTERS.failed),
  ]);
  return { moved: moved ?? 0, failed: failed ?? 0 };
}
