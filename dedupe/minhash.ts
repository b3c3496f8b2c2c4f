export const PERMUTATIONS = 125;
const BANDS = 25;
const ROWS = PERMUTATIONS / BANDS;

// Fixed for ever: signatures are stored and compared with later ones.
const SEEDS = Uint32Array.from({ length: PERMUTATIONS }, (_, i) => mix(0x9e3779b9 * (i + 1)));

/**
 * MinHash signature of a list of tokens: for each of 125 hash functions the smallest value (32-bit,
 * unsigned) over all runs of `shingle` tokens. Equal places of two signatures estimate the Jaccard
 * similarity of the two sets of runs.
 */
export function minhash(tokens: string[], shingle: number): number[] {
  const hashes = tokens.map(hashText);
  const minima = new Uint32Array(PERMUTATIONS).fill(0xffffffff);
  const last = Math.max(1, hashes.length - shingle + 1);
  const seen = new Set<number>();
  for (let start = 0; start < last; start += 1) {
    let run = 0;
    for (let i = start; i < start + shingle && i < hashes.length; i += 1) {
      run = Math.imul(run ^ (hashes[i] ?? 0), 0x01000193) + i - start;
    }
    run = mix(run);
    if (seen.has(run)) continue;
    seen.add(run);
    for (let p = 0; p < PERMUTATIONS; p += 1) {
      const value = mix(run ^ (SEEDS[p] ?? 0));
      if (value < (minima[p] ?? 0)) minima[p] = value;
    }
  }
  return Array.from(minima);
}

/** One hash per band of 5 rows, 16 hex characters each: texts that share one are candidates. */
export function bandHashes(signature: number[]): string[] {
  return Array.from({ length: signature.length / ROWS }, (_, band) => {
    let [one, other] = [0x811c9dc5, 0xdeadbeef];
    for (const row of signature.slice(band * ROWS, (band + 1) * ROWS)) {
      one = mix(one ^ row);
      other = Math.imul(mix(other + row), 0x85ebca6b) >>> 0;
    }
    return hex(one) + hex(other);
  });
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

function hex(value: number): string {
  return value.toString(16).padStart(8, "0");
}
