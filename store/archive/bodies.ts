import type { Filter } from "mongodb";
import pLimit from "p-limit";
import { digest } from "../../lib/hash.ts";
import {
  type Body,
  type BodyRecord,
  isLost,
  type Lost,
  type Tier,
} from "../../model/crawl/capture.ts";
import { findIn } from "../queries.ts";
import type { Store } from "../store.ts";
import { databaseTier } from "../tiers/database.ts";
import { BODY_CONCURRENCY, type BodyStore, TierUnreachable } from "../tiers/tier.ts";
import { removeEach } from "../writes.ts";

export function tierNamed(store: Store, name: Tier): BodyStore {
  const tier = name === "database" ? databaseTier(store) : store.tiers[name];
  if (tier) return tier;
  throw new TierUnreachable(`the body is in the tier ${name}, which isn't set up here`);
}

/** Returns a body, `Lost` if its bytes are lost, null if unknown. Throws `TierUnreachable`. */
export async function findBody(store: Store, id: string): Promise<Body | Lost | null> {
  const record = await store.collections.bodies.findOne({ _id: id }, { promoteBuffers: true });
  return record && openBody(store, record);
}

/** Returns a body; null if it is unknown or its bytes are lost. Throws `TierUnreachable`. */
export async function getBody(store: Store, id: string): Promise<Body | null> {
  const found = await findBody(store, id);
  return found && !isLost(found) ? found : null;
}

/** Returns bodies by id; unknown ids are missing. Throws `TierUnreachable`. */
export async function readBodies(store: Store, ids: string[]): Promise<Map<string, Body | Lost>> {
  const options = { promoteBuffers: true };
  const records = await findIn(store.collections.bodies, "_id", ids, options);
  const found = await pLimit(BODY_CONCURRENCY).map(records, (record) => openBody(store, record));
  return new Map(records.map(({ _id }, index) => [_id, found[index] as Body | Lost]));
}

/**
 * Returns a body from its tier, or an intact copy that a move or an operator left in another tier;
 * `Lost` if there is none. Checks bytes outside the database against their digest. Throws
 * `TierUnreachable` if the tier doesn't answer and there is no copy.
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
 * Removes bodies with their copies in every tier, and returns how many. Can be repeated. A record
 * that doesn't match `only` stays. Throws `TierUnreachable`, before it removes anything, if a
 * body's tier isn't configured.
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
