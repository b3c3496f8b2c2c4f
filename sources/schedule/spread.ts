import { shortHash } from "../../lib/hash.ts";

/** A number in [0, 1) that is always the same for an id: spreads sources without randomness. */
export function spread(id: string): number {
  return Number.parseInt(shortHash(id).slice(0, 8), 16) / 0x1_0000_0000;
}
