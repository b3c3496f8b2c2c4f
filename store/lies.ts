import type { Host } from "../model/host.ts";
import type { Lie, LieKind } from "../model/lie.ts";
import type { Store } from "./store.ts";

/** Keeps what is held against a host's word of one kind. */
export async function saveLie(store: Store, id: string, kind: LieKind, lie: Lie): Promise<void> {
  await store.collections.hosts.updateOne(
    { _id: id },
    {
      $set: { [`lies.${kind}`]: lie },
      ...(lie.until && { $max: { mistrustedUntil: lie.until } }),
    },
  );
}

const YEAR = 365 * 86_400_000;

/** Hosts whose word isn't believed in everything, at most `limit`. */
export async function mistrustedHosts(store: Store, now: Date, limit: number): Promise<Host[]> {
  return store.collections.hosts
    .find({ mistrustedUntil: { $gt: now, $lte: new Date(now.getTime() + YEAR) } })
    .limit(limit)
    .toArray();
}
