import { TIERS, type Tier } from "../model/tier.ts";
import type { Store } from "./store.ts";

/** What a tier holds, as it was last counted. */
export interface TierSize {
  tier: Tier;
  /** null for the database: what lies there isn't counted one by one. */
  bodies: number | null;
  bytes: number;
}

type Of = "bodies" | "bytes";
const nameOf = (tier: Tier, of: Of) => `tier:${tier}:${of}`;

/** Counts what lies in each tier; the database's is what is left of all that is held. Reads a small record per body. */
export async function countTiers(store: Store): Promise<void> {
  const { bodies, sourceDays } = store.collections;
  let elsewhere = 0;
  for (const tier of TIERS) {
    if (tier === "database") continue;
    let [count, bytes] = [0, 0];
    const there = bodies.find({ tier }, { projection: { length: 1 } }).batchSize(1000);
    for await (const { length = 0 } of there) {
      count++;
      bytes += length;
    }
    elsewhere += bytes;
    await note(store, tier, "bodies", count);
    await note(store, tier, "bytes", bytes);
  }
  let held = 0;
  for await (const { bySource } of sourceDays.find()) {
    for (const day of Object.values(bySource)) held += day.held.kept;
  }
  await note(store, "database", "bytes", Math.max(0, held - elsewhere));
}

/** What each tier holds that has held anything; none where bodies have always been in the database. */
export async function readTierSizes({ collections: { meta } }: Store): Promise<TierSize[]> {
  const value = async (tier: Tier, of: Of) =>
    (await meta.findOne({ _id: nameOf(tier, of) }))?.value ?? null;
  const sizes = await Promise.all(
    TIERS.map(async (tier) => {
      const [bodies, bytes] = await Promise.all([value(tier, "bodies"), value(tier, "bytes")]);
      return { tier, bodies, bytes: bytes ?? 0 };
    }),
  );
  return sizes.some(({ bodies }) => bodies) ? sizes.filter(({ bytes }) => bytes > 0) : [];
}

/** Counters of the moves of a store. */
const COUNTERS = { moved: "bodiesMoved", failed: "bodyMovesFailed" } as const;

/** Adds what a pass moved, and what it could not. */
export async function noteMoves(
  { collections: { meta } }: Store,
  counts: { moved: number; failed: number },
): Promise<void> {
  for (const of of ["moved", "failed"] as const) {
    if (counts[of] === 0) continue;
    await meta.updateOne({ _id: COUNTERS[of] }, { $inc: { value: counts[of] } }, { upsert: true });
  }
}

/** How many bodies were moved since this store began, and how often one could not be. */
export async function readMoves({
  collections: { meta },
}: Store): Promise<{ moved: number; failed: number }> {
  const [moved, failed] = await Promise.all([
    meta.findOne({ _id: COUNTERS.moved }),
    meta.findOne({ _id: COUNTERS.failed }),
  ]);
  return { moved: moved?.value ?? 0, failed: failed?.value ?? 0 };
}

async function note({ collections }: Store, tier: Tier, of: Of, value: number): Promise<void> {
  await collections.meta.updateOne(
    { _id: nameOf(tier, of) },
    { $set: { value } },
    { upsert: true },
  );
}
