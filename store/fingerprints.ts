import type { Fingerprint } from "../model/fingerprint.ts";
import type { Store } from "./store.ts";

/** Most fingerprints looked at for one batch: boilerplate bands can match very many. */
const CANDIDATES = 400;

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

/** Fingerprints that share a text hash or a band with what is asked. */
export async function similarFingerprints(
  store: Store,
  ask: { textHashes: string[]; bands: string[] },
): Promise<Fingerprint[]> {
  const { fingerprints } = store.collections;
  const [same, near] = await Promise.all([
    fingerprints
      .find({ textHash: { $in: ask.textHashes } })
      .limit(CANDIDATES)
      .toArray(),
    ask.bands.length > 0
      ? fingerprints
          .find({ bands: { $in: ask.bands } })
          .limit(CANDIDATES)
          .toArray()
      : [],
  ]);
  return [...new Map([...same, ...near].map((print) => [print._id, print])).values()];
}
