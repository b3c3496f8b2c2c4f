import pLimit from "p-limit";
import { batchesOf } from "../../lib/batch.ts";
import { digest } from "../../lib/hash.ts";
import { isLost, type Tier } from "../../model/crawl/capture.ts";
import { findIn, readInBatches } from "../queries.ts";
import type { Store } from "../store.ts";
import { BODY_CONCURRENCY, type BodyStore, type StoredBody } from "../tiers/tier.ts";
import { openBody } from "./bodies.ts";

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
    yield await without(store, old);
  }
}

export async function sweepOrphans(
  store: Store,
  about: { prefix: string; now: Date },
): Promise<number> {
  let swept = 0;
  for (const tier of Object.values(store.tiers)) {
    for await (const orphans of orphansIn(store, tier, about)) {
      await tier.remove(orphans.map(({ id }) => id));
      swept += orphans.length;
    }
  }
  return swept;
}

async function without(store: Store, bodies: StoredBody[]): Promise<StoredBody[]> {
  const ids = bodies.map(({ id }) => id);
  const known = await findIn(store.collections.bodies, "_id", ids, { projection: { _id: 1 } });
  const recorded = new Set(known.map(({ _id }) => _id));
  return bodies.filter(({ id }) => !recorded.has(id));
}
