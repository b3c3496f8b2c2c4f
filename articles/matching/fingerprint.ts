import { shortHash } from "../../lib/hash.ts";
import {
  aroundDay,
  type Features,
  type FingerprintKey,
  PERMUTATIONS,
  pairKey,
  runKey,
  textKey,
} from "../../model/articles/fingerprint.ts";
import { HEAVY } from "./events.ts";
import { type Even, evenOf, formOf, numbersOf } from "./plain-text.ts";
import { type Term, termsOf } from "./terms.ts";

/** Shorter texts share too many shingles by chance; only equal ones are found. */
const MIN_WORDS = 60;
/** Below this, a text says so little that its title has to be equal as well. */
const TITLE_COUNTS_BELOW = 30;
/** 12 runs find 93 of 100 excerpts of a fifth of a text, and 99 of a third. */
const RUNS = 12;

/** Characters of a title that are compared. */
const MAX_TITLE = 300;

/** Two terms make a key that articles of one event are found by while their ranks (from 0) add up to less than this. */
const PAIRED = 7;

/** The input of a fingerprint. */
export interface FingerprintInput {
  sourceId: string;
  /** How far we trust its source, 0 to 1. */
  trust: number;
  title: string;
  text: string;
  /** BCP 47 primary language, lower case. */
  language: string | null;
  /** The earlier of published and first seen. */
  at: Date;
  /** The id that its feed gives it. */
  guid?: string | undefined;
  /** It comes from an entry point; its page hasn't come. */
  isAnnounced?: true | undefined;
}

/** Returns an article's fingerprint: hash of its normalised text, MinHash signature, keys by day. */
export function fingerprint(input: FingerprintInput): Features {
  const [title, text] = [evenOf(input.title), evenOf(input.text)];
  const { tokens, shingle, words } = normalize(text);
  const titleCounts = words < (input.isAnnounced ? MIN_WORDS : TITLE_COUNTS_BELOW);
  const titleTokens = titleCounts ? normalize(title).tokens : [];
  const none: Sketch = { signature: new Uint16Array(), shingles: 0, runs: [] };
  const { signature, shingles, runs } = words < MIN_WORDS ? none : sketch(tokens, shingle, RUNS);
  const terms = termsOf(input);
  const titleWords = title.words.join(" ").slice(0, MAX_TITLE);
  const guid = input.guid && shortHash(`${input.sourceId} ${input.guid}`);
  const textHash = shortHash([...titleTokens, "", ...tokens].join(" "));
  return {
    rules: DEDUPE,
    sourceId: input.sourceId,
    trust: input.trust,
    textHash,
    signature,
    shingles,
    terms,
    keys: [
      textKey(textHash),
      ...runs.map((run) => runKey(run, input.at)),
      ...pairsOf(terms).map((pair) => pairKey(pair, input.at)),
      ...(titleWords ? [pairKey(shortHash(`title ${titleWords}`), input.at)] : []),
      ...(guid ? [textKey(guid)] : []),
    ],
    at: input.at,
    words,
    title: titleWords,
    ...(guid && { guid }),
    ...(input.isAnnounced && words < MIN_WORDS && { isAnnounced: true as const }),
    numbers: {
      title: numbersOf(title, 10),
      text: numbersOf(text, 40),
      form: shortHash(formOf(title)),
      textForm: shortHash(formOf(text)),
    },
  };
}

/**
 * The keys under which copies of an article lie: its text hash on any day, the others on its day,
 * the day before and the day after, so that it doesn't matter which of two copies arrives first.
 * Asking for three times as many keys is cheaper than writing three times as many.
 */
export function probeKeys({ keys }: Pick<Features, "keys">): FingerprintKey[] {
  return keys.flatMap(aroundDay);
}

/**
 * Hashes of pairs of the heaviest terms, if they are heavy: one alone is shared by too many articles. The heaviest
 * go with more of the others.
 */
function pairsOf(terms: readonly Term[]): string[] {
  const heaviest = terms
    .slice(0, PAIRED)
    .filter(([, weight]) => weight >= HEAVY)
    .map(([term]) => term);
  return heaviest.flatMap((one, n) =>
    heaviest.slice(n + 1, PAIRED - n).map((other) => shortHash([one, other].toSorted().join("\n"))),
  );
}

/** A text as near-duplicate search sees it. */
interface Normalized {
  /** Words, or single characters of scripts that don't put spaces between words. */
  tokens: readonly string[];
  /** How many tokens make a shingle: 3 words or 5 characters. */
  shingle: 3 | 5;
  /** Length in words; two characters count as a word where there are no spaces. */
  words: number;
}

const UNSPACED =
  /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}]/gu;

/**
 * Normalises a text: Unicode NFKC, lower case, letters and digits only. Markup must be gone before.
 * Chinese, Japanese, Thai and the like are taken by characters, all else by words.
 */
export function normalize({ plain, words }: Even): Normalized {
  const letters = words.reduce((sum, word) => sum + word.length, 0);
  const unspaced = letters > 0 ? (plain.match(UNSPACED)?.length ?? 0) : 0;
  if (unspaced * 2 < letters || letters === 0) {
    return { tokens: words, shingle: 3, words: words.length };
  }
  const tokens = Array.from(words.join(""));
  return { tokens, shingle: 5, words: Math.round(tokens.length / 2) };
}

// Fixed for ever: signatures are stored and compared with later ones.
const SEEDS = Int32Array.from({ length: PERMUTATIONS }, (_, i) => mix(0x9e3779b9 * (i + 1)));

/** What texts are compared by. */
interface Sketch {
  /**
   * For each of 125 hash functions the low 16 bits of the smallest value over all shingles: two
   * different ones look equal once in 65,536 times (Li and Koenig 2010, b-bit minwise hashing).
   */
  signature: Uint16Array;
  /** Returns the distinct shingles. */
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
function sketch(tokens: readonly string[], shingle: 3 | 5, most: number): Sketch {
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

/** Version of the rules of copies and stories; grows when the same articles may come out otherwise. */
export const DEDUPE = "5";
