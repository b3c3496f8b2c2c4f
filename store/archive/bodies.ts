import type { Filter } from "mongodb";
import pLimit from "p-limit";
import { batchesOf } from "../../lib/async.ts";
import { digest } from "../../lib/text.ts";
import {
  type Body,
  type BodyRecord,
  isLost,
  type Lost,
  TIERS,
  type Tier,
} from "../../model/crawl/capture.ts";
import { findById, findIn, readInBatches, removeEach } from "../queries.ts";
import type { Store } from "../store.ts";
import { databaseTier } from "../tiers/database.ts";
import {
  BODY_CONCURRENCY,
  type BodyStore,
  type StoredBody,
  TierUnreachable,
} from "../tiers/tier.ts";

export function tierNamed(store: Store, name: Tier): BodyStore {
  const tier = name === "database" ? databaseTier(store) : store.tiers[name];
  if (tier) return tier;
  throw new TierUnreachable(`bodies are in the tier ${name}, which isn't set up here`);
}

/** Throws `TierUnreachable` if a tier with bodies, or old copies of them, isn't set up here. */
export async function requireTiers(store: Store): Promise<void> {
  for (const tier of TIERS) {
    if (tier === "database") continue;
    const { bodies } = store.collections;
    const one = { projection: { _id: 1 } };
    const found =
      (await bodies.findOne({ tier }, one)) ?? (await bodies.findOne({ was: tier }, one));
    if (found) tierNamed(store, tier);
  }
}

/** Returns a body; null for an unknown id, `Lost` for lost bytes. Can throw `TierUnreachable`. */
export async function findBody(store: Store, id: string): Promise<Body | Lost | null> {
  const record = await store.collections.bodies.findOne({ _id: id }, { promoteBuffers: true });
  return record && openBody(store, record);
}

/** Returns a body; null for an unknown id or lost bytes. Can throw `TierUnreachable`. */
export async function getBody(store: Store, id: string): Promise<Body | null> {
  const found = await findBody(store, id);
  return found && !isLost(found) ? found : null;
}

/** Returns bodies by id; unknown ids are missing. Can throw `TierUnreachable`. */
export async function readBodies(store: Store, ids: string[]): Promise<Map<string, Body | Lost>> {
  const options = { promoteBuffers: true };
  const records = await findIn(store.collections.bodies, "_id", ids, options);
  const found = await pLimit(BODY_CONCURRENCY).map(records, (record) => openBody(store, record));
  return new Map(records.map(({ _id }, index) => [_id, found[index] as Body | Lost]));
}

/**
 * Reads a body. If its tier has lost it or doesn't answer, reads an intact copy from another tier.
 * Returns `Lost` if there is no copy. Throws `TierUnreachable` if there is no copy and the body's
 * tier doesn't answer.
 */
export async function openBody(store: Store, record: BodyRecord): Promise<Body | Lost> {
  const { _id, bytes, encoding, size, storedAt, tier } = record;
  const as = (found: Uint8Array): Body => ({ _id, bytes: found, encoding, size, storedAt });
  if (!tier) return bytes ? as(bytes) : { lost: "missing", tier: "database" };
  const own = await readFromTier(store.tiers[tier], _id);
  if (own.bytes) return as(own.bytes);
  if (bytes && digest(bytes) === _id) return as(bytes);
  for (const [name, other] of Object.entries(store.tiers)) {
    const copy = name === tier ? null : await readFromTier(other, _id);
    if (copy?.bytes) return as(copy.bytes);
  }
  if (own.error) throw own.error;
  return { lost: own.lost, tier };
}

type TierCopy =
  | { bytes: Uint8Array }
  | { bytes: null; lost: Lost["lost"]; error: TierUnreachable | null };

async function readFromTier(tier: BodyStore | undefined, id: string): Promise<TierCopy> {
  if (!tier) return { bytes: null, lost: "not set up", error: null };
  try {
    const bytes = await tier.get(id);
    if (bytes && digest(bytes) === id) return { bytes };
    return { bytes: null, lost: bytes ? "changed" : "missing", error: null };
  } catch (error) {
    if (!(error instanceof TierUnreachable)) throw error;
    return { bytes: null, lost: "missing", error };
  }
}

/**
 * Removes bodies and all their copies, and returns the number of removed records. A record that
 * doesn't match `only` stays. Throws `TierUnreachable` if a tier isn't configured or doesn't
 * answer.
 */
export async function dropBodies(
  store: Store,
  ids: readonly string[],
  only: Filter<BodyRecord> = {},
): Promise<number> {
  const { bodies } = store.collections;
  const records = await findIn(bodies, "_id", ids, { projection: { tier: 1 } });
  for (const { tier } of records) if (tier) tierNamed(store, tier);
  for (const tier of Object.values(store.tiers)) await tier.remove(ids);
  return removeEach(bodies, ids, only);
}

interface LostBody {
  id: string;
  tier: Tier;
  lost: string;
}

export interface Checked {
  bodies: number;
  /** Total compressed size of the intact bodies. */
  bytes: number;
  lost: LostBody[];
}

/** A younger copy might belong to a move in progress. */
const MIN_ORPHAN_AGE_MS = 3_600_000;
const ORPHAN_BATCH_SIZE = 500;

export async function* checkBodies(store: Store): AsyncGenerator<Checked> {
  const checked: Checked = { bodies: 0, bytes: 0, lost: [] };
  for await (const piece of readInBatches(store.collections.bodies)) {
    await pLimit(BODY_CONCURRENCY).map(piece, async (record) => {
      const { _id: id, tier = "database" } = record;
      const found = await openBody(store, record);
      checked.bodies++;
      if (isLost(found)) checked.lost.push({ id, tier, lost: found.lost });
      else if (digest(found.bytes) !== id) checked.lost.push({ id, tier, lost: "changed" });
      else checked.bytes += found.bytes.length;
    });
    yield checked;
  }
}

/** Yields, in batches, a tier's orphans: copies that are older than an hour and have no record. */
export async function* orphansIn(
  store: Store,
  tier: BodyStore,
  { prefix, now }: { prefix: string; now: Date },
): AsyncGenerator<StoredBody[]> {
  const before = new Date(now.getTime() - MIN_ORPHAN_AGE_MS);
  for await (const bodies of batchesOf(tier.list(prefix), ORPHAN_BATCH_SIZE)) {
    const old = bodies.filter(({ at }) => at < before);
    const ids = old.map(({ id }) => id);
    const known = await findById(store.collections.bodies, ids, { projection: { _id: 1 } });
    yield old.filter(({ id }) => !known.has(id));
  }
}

export async function sweepOrphans(
  store: Store,
  about: { prefix: string; now: Date },
  onStep = () => {},
): Promise<number> {
  let swept = 0;
  for (const tier of Object.values(store.tiers)) {
    for await (const orphans of orphansIn(store, tier, about)) {
      await tier.remove(orphans.map(({ id }) => id));
      swept += orphans.length;
      onStep();
    }
  }
  return swept;
}
