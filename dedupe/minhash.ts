export const PERMUTATIONS = 125;

// Fixed for ever: signatures are stored and compared with later ones.
const SEEDS = Uint32Array.from({ length: PERMUTATIONS }, (_, i) => mix(0x9e3779b9 * (i + 1)));

/** What texts are compared by. */
export interface Sketch {
  /** For each of 125 hash functions the smallest value (32 bits) over all shingles. */
  signature: number[];
  /** Different shingles. */
  shingles: number;
  /** The smallest hashes of longer runs: a text and an excerpt of it share some. */
  keys: string[];
}

/**
 * MinHash of a list of tokens (Broder 1997). Equal places of two signatures estimate the Jaccard
 * similarity of two sets of runs of `shingle` tokens. The keys are the smallest hashes of runs that
 * are two tokens (of characters: three) longer, so unrelated texts hardly share one, while of a text
 * that holds a part p of another one of k keys is shared with a chance of 1 - (1 - p)^k.
 */
export function sketch(tokens: string[], shingle: number, keys: number): Sketch {
  const hashes = tokens.map(hashText);
  const minima = new Uint32Array(PERMUTATIONS).fill(0xffffffff);
  const seen = runHashes(hashes, shingle);
  for (const run of seen) {
    for (let p = 0; p < PERMUTATIONS; p += 1) {
      const value = mix(run ^ (SEEDS[p] ?? 0));
      if (value < (minima[p] ?? 0)) minima[p] = value;
    }
  }
  const long = [...runHashes(hashes, shingle === 3 ? 5 : shingle + 3)].toSorted((a, b) => a - b);
  return {
    signature: Array.from(minima),
    shingles: seen.size,
    keys: long.slice(0, keys).map((value) => value.toString(36)),
  };
}

/** A hash (32 bits, unsigned) of each different run of tokens. */
function runHashes(hashes: number[], length: number): Set<number> {
  const found = new Set<number>();
  const last = Math.max(1, hashes.length - length + 1);
  for (let start = 0; start < last; start += 1) {
    let run = 0;
    for (let i = start; i < start + length && i < hashes.length; i += 1) {
      run = Math.imul(run ^ (hashes[i] ?? 0), 0x01000193) + i - start;
    }
    found.add(mix(run));
  }
  return found;
}

/** Finaliser of MurmurHash3 (32 bit): every bit of the input moves every bit of the output. */
function mix(value: number): number {
  let h = value >>> 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/** FNV-1a over UTF-16 units. */
function hashText(text: string): number {
  let h = 0x811c9dc5;
  for (let i = 0; i < text.length; i += 1) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  return h >>> 0;
}
