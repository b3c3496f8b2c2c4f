import type { Collection } from "mongodb";
import { INDEXES } from "../../store/indexes.ts";
import { EPOCH, type Store } from "../../store/store.ts";

const LATER = new Date("2100-01-01T00:00:00Z");

/**
 * Postpones all expiry dates while stores are compared: a server removes expired documents once a minute, and the
 * dates of fixtures are fixed.
 */
export async function keepAll({ collections }: Store): Promise<void> {
  for (const { collection, key, expireAfterSeconds } of INDEXES) {
    if (expireAfterSeconds === undefined) continue;
    const [field = ""] = Object.keys(key);
    const all = collections[collection] as unknown as Collection;
    await all.updateMany({ [field]: { $gt: EPOCH } }, { $set: { [field]: LATER } });
  }
}
