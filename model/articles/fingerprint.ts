import { DAY_MS } from "../../lib/time.ts";
import type { Cluster, LinkConstraint } from "./story.ts";

/** Number of hash functions in a signature. */
export const PERMUTATIONS = 125;

/**
 * The features by which an article is compared with others, and its cluster. `_id` is the article's
 * id.
 */
export interface Fingerprint extends Features {
  _id: string;
  /** Increases with each change. A decision is stored only if the version on which it is based is still current. */
  version: number;
  /** The cluster; missing until it is first decided. */
  cluster?: Cluster;
  /** Set while the cluster must be decided, or decided again. */
  staleAt?: Date;
  /** Editors' constraints on the article's stories; missing if there are none. */
  linkConstraints?: LinkConstraint[];
}

/** The features of an article that are compared with others. */
export interface Features {
  sourceId: string;
  /** Version of the rules that computed the features; missing on features that predate this field. */
  rules?: string;
  /** The trust in the article's source, 0 to 1. */
  trust: number;
  /** Hash of the normalised text. */
  textHash: string;
  /** Low 16 bits of `PERMUTATIONS` minima; empty for texts with fewer than 60 words. */
  signature: Uint16Array;
  /** Number of different shingles in the text; 0 for texts with fewer than 60 words. */
  shingles: number;
  /** Rare words, names and numbers with their weights, heaviest first. */
  terms: (readonly [term: string, weight: number])[];
  /** Lookup keys of the text, and of its runs of words and pairs of terms. The latter two include the day of `at`. */
  keys: FingerprintKey[];
  /** The time of publication or of our first fetch, whichever is earlier. Clusters are built in this order. */
  at: Date;
  words: number;
  /** Normalised words of the article's title, in order. */
  title: string;
  /** Hash of the article's id in the feed; missing if it has none. */
  guid?: string;
  /**
   * Set if the article comes from an entry point and its text is too short to compare. Its title is compared
   * instead.
   */
  isAnnounced?: true;
  /**
   * Numbers in title and text, which distinguish similar articles such as daily statistics. `form`
   * and `textForm` are hashes of title and text without these numbers.
   */
  numbers: { title: string[]; text: string[]; form: string; textForm: string };
}

/**
 * A lookup key of a fingerprint, as a number: of all types, numbers are the smallest in an index and the fastest to
 * read. The keys of one day are next to each other, however large the index is.
 */
export type FingerprintKey = number;

/** The bits below the day: one that distinguishes pairs from runs, and 36 of a hash. */
const SPAN = 2 ** 37;
const PAIR = 2 ** 36;
/** The 16 bits above them count the days since 1970, until 2149. */
const LAST_DAY = 2 ** 16 - 1;
/** Number of hex digits of the hash in the key of a pair (36 bits) and of a text (52 bits). */
const [OF_PAIR, OF_TEXT] = [9, 13];

/** Returns the key of a text from its hash (hex); it is the same on all days. */
export function textKey(hash: string): FingerprintKey {
  return -1 - Number.parseInt(hash.slice(0, OF_TEXT), 16);
}

/** Returns the key of a run of tokens from its hash (32 bits, unsigned) and a day. */
export function runKey(hash: number, at: Date): FingerprintKey {
  return dayOf(at) * SPAN + hash;
}

/** Returns the key of a pair of terms from its hash (hex) and a day. */
export function pairKey(hash: string, at: Date): FingerprintKey {
  return dayOf(at) * SPAN + PAIR + Number.parseInt(hash.slice(0, OF_PAIR), 16);
}

/** Whether a key is that of a pair of terms. */
export function isPairKey(key: FingerprintKey): boolean {
  return key >= 0 && key % SPAN >= PAIR;
}

/**
 * Returns a key, and the keys for the same terms or run on the day before and the day after. The
 * key of a text is the same on all days, so it is returned alone.
 */
export function aroundDay(key: FingerprintKey): FingerprintKey[] {
  return key < 0 ? [key] : [key, key - SPAN, key + SPAN];
}

/** Returns days since 1970 in UTC, limited so that the day before and the day after fit as well. */
function dayOf(at: Date): number {
  return Math.min(Math.max(1, Math.floor(at.getTime() / DAY_MS)), LAST_DAY - 1);
}
