import type { Fingerprint } from "../model/fingerprint.ts";
import { findIn } from "./find-in.ts";
import type { Store } from "./store.ts";

/** Most fingerprints looked at for one chunk of keys: boilerplate bands can match very many. */
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

/** Fingerprints that share one of the band keys. */
export function similarFingerprints(store: Store, bands: string[]): Promise<Fingerprint[]> {
  return findIn(store.collections.fingerprints, "bands", bands, { limit: CANDIDATES });
}
