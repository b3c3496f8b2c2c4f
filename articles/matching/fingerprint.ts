import { shortHash } from "../../lib/text.ts";
import { DAY_MS } from "../../lib/time.ts";
import {
  aroundDay,
  type Features,
  type FingerprintKey,
  PERMUTATIONS,
  pairKey,
  runKey,
  textKey,
} from "../../model/articles/fingerprint.ts";
import {
  formOf,
  type NormalizedText,
  normalizeText,
  numbersOf,
  type Term,
  termsOf,
} from "./terms.ts";

/** Shorter texts share too many shingles by chance, so only identical ones count as copies. */
const MIN_WORDS = 60;
/**
 * Length in words. Shorter texts count as identical only if their titles are identical too. For
 * announced articles, the limit is `MIN_WORDS` instead.
 */
const MIN_WORDS_WITHOUT_TITLE = 30;
/**
 * With 12 runs, 93 of 100 excerpts are found if an excerpt is a fifth of the whole text, and 99 if
 * it is a third.
 */
const MAX_RUNS = 12;

const MAX_TITLE = 300;

/** Two heavy terms form a key if their ranks by weight (from 0) add up to less than this. */
const PAIR_RANK_LIMIT = 7;

export interface FingerprintInput {
  sourceId: string;
  /** Trust in the article's source, 0 to 1. */
  trust: number;
  title: string;
  text: string;
  /** Primary language subtag (BCP 47) in lower case; null if the language is unknown. */
  language: string | null;
  /** The publication time or the time of the first fetch, whichever is earlier. */
  at: Date;
  /** The feed's id of the article, hashed by `guidHash`. */
  guid?: string | null;
  /** Set if the text comes from an entry point because the article's page hasn't arrived. */
  isAnnounced?: boolean;
}

/** Returns the hash of an article's id in a feed. Such ids are unique only within a source. */
export function guidHash(sourceId: string, guid: string): string {
  return shortHash(`${sourceId} ${guid}`);
}

/** Returns the features by which an article is compared. */
export function fingerprint(input: FingerprintInput): Features {
  const { guid = null, isAnnounced = false } = input;
  const [title, text] = [normalizeText(input.title), normalizeText(input.text)];
  const { tokens, shingle, words } = normalize(text);
  const titleCounts = words < (isAnnounced ? MIN_WORDS : MIN_WORDS_WITHOUT_TITLE);
  const titleTokens = titleCounts ? normalize(title).tokens : [];
  const none: Sketch = { signature: new Uint16Array(), shingles: 0, runs: [] };
  const { signature, shingles, runs } =
    words < MIN_WORDS ? none : sketch(tokens, shingle, MAX_RUNS);
  const terms = termsOf(input);
  const titleWords = title.words.join(" ").slice(0, MAX_TITLE);
  const textHash = shortHash([...titleTokens, "", ...tokens].join(" "));
  return {
    rules: MATCHING_VERSION,
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
    guid,
    isAnnounced: isAnnounced && words < MIN_WORDS,
    numbers: {
      title: numbersOf(title, 10),
      text: numbersOf(text, 40),
      form: shortHash(formOf(title)),
      textForm: shortHash(formOf(text)),
    },
  };
}

/**
 * Returns the keys by which to find similar articles. A key with a day is also returned for the day
 * before and the day after, so that articles are found in any order of arrival. Querying three
 * times as many keys is cheaper than storing them.
 */
export function probeKeys({ keys }: Pick<Features, "keys">): FingerprintKey[] {
  return keys.flatMap(aroundDay);
}

/** Returns hashes of pairs of the heaviest terms, because too many articles share a single term. */
function pairsOf(terms: readonly Term[]): string[] {
  const heaviest = terms
    .slice(0, PAIR_RANK_LIMIT)
    .filter(([, weight]) => weight >= MIN_HEAVY_WEIGHT)
    .map(([term]) => term);
  return heaviest.flatMap((one, n) =>
    heaviest
      .slice(n + 1, PAIR_RANK_LIMIT - n)
      .map((other) => shortHash([one, other].toSorted().join("\n"))),
  );
}

interface Normalized {
  /** Words, or single characters of scripts without spaces between words. */
  tokens: readonly string[];
  shingle: 3 | 5;
  /** Length in words. In scripts without spaces, two characters count as a word. */
  words: number;
}

const UNSPACED =
  /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}]/gu;

/** Splits a normalised text into words, or into characters if its script has no spaces. */
export function normalize({ plain, words }: NormalizedText): Normalized {
  const letters = words.reduce((sum, word) => sum + word.length, 0);
  const unspaced = letters > 0 ? (plain.match(UNSPACED)?.length ?? 0) : 0;
  if (unspaced * 2 < letters || letters === 0) {
    return { tokens: words, shingle: 3, words: words.length };
  }
  const tokens = Array.from(words.join(""));
  return { tokens, shingle: 5, words: Math.round(tokens.length / 2) };
}

// Never change these: stored signatures are compared with later ones.
const SEEDS = Int32Array.from({ length: PERMUTATIONS }, (_, i) => mix(0x9e3779b9 * (i + 1)));

interface Sketch {
  /**
   * The text's MinHash signature: the low 16 bits of the smallest value of each of 125 hash
   * functions (Li and Koenig 2010, b-bit minwise hashing).
   */
  signature: Uint16Array;
  shingles: number;
  /**
   * The smallest 32-bit hashes of runs of 8 or 13 tokens. A text and its excerpt usually share one.
   */
  runs: number[];
}

/**
 * Number of tokens in a run, by shingle length: 8 words or 13 characters. An edit changes a run of
 * 13 characters about as often as a run of 8 words.
 */
const RUN_LENGTHS = { 3: 8, 5: 13 } as const;

/**
 * Computes a MinHash signature (Broder 1997): the fraction of equal positions in two signatures
 * estimates the Jaccard similarity of the texts. Also computes hashes of longer runs of tokens
 * (`RUN_LENGTHS`), and keeps the smallest, at most `maxRuns` of them. If a text is an excerpt that
 * makes up a fraction p of another text, the two share at least one of these hashes with a
 * probability of about 1 - (1 - p)^most.
 */
function sketch(tokens: readonly string[], shingle: 3 | 5, maxRuns: number): Sketch {
  const hashes = Int32Array.from(tokens, hashText);
  const runs = runHashes(hashes, shingle);
  return {
    signature: Uint16Array.from(SEEDS, (seed) => least(runs, seed)),
    shingles: runs.length,
    runs: Array.from(runHashes(hashes, RUN_LENGTHS[shingle]).subarray(0, maxRuns)),
  };
}

function least(runs: Uint32Array, seed: number): number {
  // Flipping the highest bit keeps the order for signed numbers, so the innermost loop uses
  // integers only.
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

/**
 * Returns the hashes of all runs of `length` tokens, ascending and without duplicates, as unsigned
 * 32-bit integers. `hashes` are the tokens' hashes; fewer than `length` tokens form one run.
 */
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

/** Finaliser of MurmurHash3 (32 bit): every input bit affects every output bit. */
function mix(value: number): number {
  let h = value >>> 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/** Returns the FNV-1a hash of a text's UTF-16 code units. */
function hashText(text: string): number {
  let h = 0x811c9dc5;
  for (let i = 0; i < text.length; i += 1) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  return h >>> 0;
}

/** Version of the rules for copies and stories. Raise it when a change can alter a result. */
export const MATCHING_VERSION = "6";

export interface EventLikeness {
  score: number;
  /** Up to 8 terms that both articles have, heaviest first. */
  terms: string[];
}

const MIN_EVENT_SCORE = 0.3;
const MIN_SHARED_WEIGHT = 4;
export const MIN_HEAVY_WEIGHT = 1;
const MIN_HEAVY_TERMS = 2;
/**
 * Raises the minimum values for two articles of one source, which usually reports an event once,
 * but describes similar events in the same words.
 */
const ONE_SOURCE_FACTOR = 1.5;
const MAX_DAYS_APART = 3;

/**
 * Returns how likely two articles report one event; null if unlikely. The minimum values of their
 * similarity are multiplied by `thresholdFactor`, so a `thresholdFactor` below 1 accepts less similar articles.
 */
export function eventOf(a: Features, b: Features, thresholdFactor = 1): EventLikeness | null {
  const days = Math.abs(a.at.getTime() - b.at.getTime()) / DAY_MS;
  if (days > MAX_DAYS_APART) return null;
  const weights = weightsOf(a);
  let [weight, heavy, product] = [0, 0, 0];
  const shared = new Set<string>();
  for (const [term, other] of b.terms) {
    const own = weights.get(term);
    if (own === undefined) continue;
    const smaller = Math.min(own, other);
    weight += smaller;
    product += own * other;
    if (smaller >= MIN_HEAVY_WEIGHT) heavy += 1;
    shared.add(term);
  }
  if (heavy < MIN_HEAVY_TERMS) return null;
  const cosine = product / (normOf(a) * normOf(b));
  const factor = (a.sourceId === b.sourceId ? ONE_SOURCE_FACTOR : 1) * thresholdFactor;
  if (weight < MIN_SHARED_WEIGHT * factor || cosine < MIN_EVENT_SCORE * factor) return null;
  const terms = a.terms.flatMap(([term]) => (shared.has(term) ? term : []));
  return { score: Math.min(1, cosine), terms: terms.slice(0, 8) };
}

/** Caches weights by term, because one article is compared with many others in a row. */
const known = new WeakMap<Features["terms"], ReadonlyMap<string, number>>();

function weightsOf({ terms }: Features): ReadonlyMap<string, number> {
  const weights = known.get(terms) ?? new Map(terms);
  known.set(terms, weights);
  return weights;
}

function normOf({ terms }: Features): number {
  return Math.sqrt(terms.reduce((sum, [, weight]) => sum + weight * weight, 0)) || 1;
}
