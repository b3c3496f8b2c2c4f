import { PERMUTATIONS } from "../../model/fingerprint.ts";

// Fixed for ever: signatures are stored and compared with later ones.
const SEEDS = Int32Array.from({ length: PERMUTATIONS }, (_, i) => mix(0x9e3779b9 * (i + 1)));

/** What texts are compared by. */
export interface Sketch {
  /**
   * For each of 125 hash functions the low 16 bits of the smallest value over all shingles: two
   * different ones look equal once in 65,536 times (Li and Koenig 2010, b-bit minwise hashing).
   */
  signature: Uint16Array;
  /** Different shingles. */
  shingles: number;
  /** The smallest hashes (32 bits) of longer runs: a text and an excerpt of it share some. */
  runs: number[];
}

/** Tokens of a longer run, by those of a shingle: 8 words, and as many characters as survive an edit as often. */
const LONGER = { 3: 8, 5: 13 } as const;

/**
 * MinHash of a list of tokens (Broder 1997). Equal places of two signatures estimate the Jaccard
 * similarity of two sets of runs of `shingle` tokens. Hashes of longer runs come with it, the `most` smallest, so
 * unrelated texts hardly share one, while of a text that holds a part p of another one of them is shared with
 * a chance of 1 - (1 - p)^most.
 */
export function sketch(tokens: readonly string[], shingle: 3 | 5, most: number): Sketch {
  const hashes = Int32Array.from(tokens, hashText);
  const runs = runHashes(hashes, shingle);
  return {
    signature: Uint16Array.from(SEEDS, (seed) => least(runs, seed)),
    shingles: runs.length,
    runs: Array.from(runHashes(hashes, LONGER[shingle]).subarray(0, most)),
  };
}

/** The smallest of the runs' hashes by the function of one seed. */
function least(runs: Uint32Array, seed: number): number {
  // With its highest bit turned, a signed number is as large among its like as an unsigned one: the
  // innermost loop of all stays with the integers that a processor has.
  let smallest = 0x7fffffff;
  for (let n = 0; n < runs.length; n += 1) {
    let h = (runs[n] ?? 0) ^ seed;
    h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
    h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
    h = h ^ (h >>> 16) ^ 0x80000000;
    if (h < smallest) smallest = h;
  }
  return smallest ^ 0x80000000;
}

/** A hash (32 bits, unsigned) of each different run of tokens, the smallest first. */
function runHashes(hashes: Int32Array, length: number): Uint32Array {
  const found = new Uint32Array(Math.max(1, hashes.length - length + 1));
  for (let start = 0; start < found.length; start += 1) {
    let run = 0;
    for (let i = start; i < start + length && i < hashes.length; i += 1) {
      run = Math.imul(run ^ (hashes[i] ?? 0), 0x01000193) + i - start;
    }
    found[start] = mix(run);
  }
  found.sort();
  let different = 1;
  for (let n = 1; n < found.length; n += 1) {
    const value = found[n] ?? 0;
    if (value !== found[n - 1]) found[different++] = value;
  }
  return found.subarray(0, different);
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
