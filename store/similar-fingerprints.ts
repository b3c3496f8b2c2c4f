import pLimit from "p-limit";
import { piecesOf } from "../lib/pieces.ts";
import type { Fingerprint } from "../model/fingerprint.ts";
import type { FingerprintKey } from "../model/fingerprint-key.ts";
import { findAll } from "./find-all.ts";
import { type PackedFingerprint, unpackAll } from "./packed-fingerprint.ts";
import type { Store } from "./store.ts";

/** Keys in one query: fewer cost more round trips, more cost the embedded database their square. */
const CHUNK = 100;
/** Chunks asked for at once. */
const AT_ONCE = 8;
/** Most fingerprints that one query answers. */
const MOST = 200;
/** Fingerprints under one key from which it tells little, like a sentence below all texts of a publisher. */
const CROWD = 20;
/** Without an order, though the embedded database is quicker with one: MongoDB would read a whole crowd to sort it. */
const ASKED = { limit: MOST, promoteBuffers: true } as const;

/** Fingerprints that lie under one of the keys; of a key that very many share, some of them. */
export async function similarFingerprints(
  { collections: { fingerprints } }: Store,
  keys: readonly FingerprintKey[],
): Promise<Fingerprint[]> {
  const found = new Map<string, PackedFingerprint>();
  // By day, since a fingerprint has keys of one: so few of them are answered under several chunks.
  await pLimit(AT_ONCE).map(
    piecesOf(
      keys.toSorted((a, b) => a - b),
      CHUNK,
    ),
    async (chunk) => {
      for (let open = chunk; open.length > 0; ) {
        const prints = await findAll(fingerprints, { keys: { $in: open } }, ASKED);
        for (const print of prints) found.set(print._id, print);
        // What a crowd took the place of is asked for once more without it.
        open = prints.length < MOST ? [] : withoutCrowds(open, prints);
      }
    },
  );
  return unpackAll([...found.values()]);
}

/**
 * The keys without those that very many fingerprints share. Those that at least half as many share as the one that
 * most share are always left out, so that few rounds are needed where many keys are busy.
 */
function withoutCrowds(
  keys: readonly FingerprintKey[],
  prints: readonly PackedFingerprint[],
): FingerprintKey[] {
  const counts = new Map(keys.map((key) => [key, 0]));
  for (const print of prints) {
    for (const key of print.keys) {
      const count = counts.get(key);
      if (count !== undefined) counts.set(key, count + 1);
    }
  }
  const crowd = Math.min(CROWD, Math.ceil(Math.max(...counts.values()) / 2));
  return keys.filter((key) => (counts.get(key) ?? 0) < crowd);
}
