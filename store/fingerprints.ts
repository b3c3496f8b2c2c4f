import type { Fingerprint } from "../model/fingerprint.ts";
import { findIn } from "./find-in.ts";
import type { Store } from "./store.ts";

/** Most fingerprints looked at for one chunk of keys: boilerplate can match very many. */
const CANDIDATES = 100;

/** Writes fingerprints, replacing those of the same articles. */
export async function putFingerprints(store: Store, prints: Fingerprint[]): Promise<void> {
  if (prints.length === 0) return;
  await store.collections.fingerprints.bulkWrite(
    prints.map((print) => ({
      replaceOne: { filter: { _id: print._id }, replacement: print, upsert: true },
    })),
    { ordered: false },
  );
}

/** Fingerprints that lie under one of the keys. */
export function similarFingerprints(store: Store, keys: string[]): Promise<Fingerprint[]> {
  return findIn(store.collections.fingerprints, "keys", keys, { limit: CANDIDATES });
}
