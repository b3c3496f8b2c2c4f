import { DAY_MS } from "../../lib/time.ts";
import type { Cluster, LinkConstraint } from "./story.ts";

/** Number of hash functions of a MinHash signature. */
export const PERMUTATIONS = 125;

/**
 * The features by which an article is compared with others, and its cluster. `_id` is the article's
 * id.
 */
export interface Fingerprint extends Features {
  _id: string;
  /**
   * Increases with each change. A decision about the cluster is stored only if it is based on the
   * current version.
   */
  version: number;
  cluster?: Cluster;
  /**
   * When it became necessary to decide the cluster, for the first time or again; missing while the
   * cluster is up to date.
   */
  staleAt?: Date;
  linkConstraints?: LinkConstraint[];
}

/** The features by which an article is compared with others. */
export interface Features {
  sourceId: string;
  /**
   * Version of the rules that computed the features; missing on features that predate this field.
   */
  rules?: string;
  /** Trust in the source of the article, 0 to 1. */
  trust: number;
  /** Hash of the normalised text; for a short text, of title and text together. */
  textHash: string;
  /**
   * MinHash signature of the text: the low 16 bits of each minimum. Empty for texts with fewer than
   * 60 words.
   */
  signature: Uint16Array;
  /**
   * Number of different shingles (runs of words) in the text; 0 for texts with fewer than 60 words.
   */
  shingles: number;
  /** Rare words, names and numbers with their weights, heaviest first. */
  terms: (readonly [term: string, weight: number])[];
  /**
   * Lookup keys. Keys of the text and of the article's id in the feed don't depend on the day. Keys
   * of word runs, pairs of terms and titles include the day of `at`.
   */
  keys: FingerprintKey[];
  /**
   * The time of publication or of our first fetch, whichever is earlier. Articles join clusters in
   * the order of this time.
   */
  at: Date;
  words: number;
  /** The normalised words of the title, separated by spaces. */
  title: string;
  /** Hash of the source and the article's id in the feed; missing if the feed gives no id. */
  guid?: string;
  /**
   * Set if the article's page hasn't arrived, and the text from the entry point has fewer than 60
   * words. Then the titles are compared instead of the texts.
   */
  isAnnounced?: true;
  /**
   * Numbers in the title and the text. They distinguish articles that are otherwise similar, such
   * as daily statistics. `form` and `textForm` are hashes of the title and the text without these
   * numbers.
   */
  numbers: { title: string[]; text: string[]; form: string; textForm: string };
}

/**
 * A key by which similar fingerprints are found. It is a number, because an index of numbers is the
 * smallest and fastest. Keys of the same day are next to each other in the index, so lookups stay
 * fast as the index grows.
 */
export type FingerprintKey = number;

/**
 * Layout of a key that contains a day, lowest bits first: 36 bits of a hash, one bit that is set
 * for pairs and titles but not for runs, and 16 bits for the number of days since 1970, enough
 * until 2149.
 */
const KEYS_PER_DAY = 2 ** 37;
const PAIR_FLAG = 2 ** 36;
const LAST_DAY = 2 ** 16 - 1;
/**
 * Number of hex digits of the hash in a key: 9 (36 bits) for a pair or a title, 13 (52 bits) for a
 * text or a feed id.
 */
const [OF_PAIR, OF_TEXT] = [9, 13];

/**
 * Returns the key of a text, or of an article's id in a feed; `hash` (hex) is the hash of the text
 * or id. The key is negative and doesn't depend on the day.
 */
export function textKey(hash: string): FingerprintKey {
  return -1 - Number.parseInt(hash.slice(0, OF_TEXT), 16);
}

/** Returns the key of a run of tokens from its hash (32 bits, unsigned) and a day. */
export function runKey(hash: number, at: Date): FingerprintKey {
  return dayOf(at) * KEYS_PER_DAY + hash;
}

/** Returns the key of a pair of terms, or of a title, from its hash (hex) and a day. */
export function pairKey(hash: string, at: Date): FingerprintKey {
  return dayOf(at) * KEYS_PER_DAY + PAIR_FLAG + Number.parseInt(hash.slice(0, OF_PAIR), 16);
}

/** Whether a key belongs to a pair of terms or to a title. */
export function isPairKey(key: FingerprintKey): boolean {
  return key >= 0 && key % KEYS_PER_DAY >= PAIR_FLAG;
}

/**
 * Returns a key together with the keys of the same hash on the day before and the day after. A key
 * that is the same on all days is returned alone.
 */
export function aroundDay(key: FingerprintKey): FingerprintKey[] {
  return key < 0 ? [key] : [key, key - KEYS_PER_DAY, key + KEYS_PER_DAY];
}

/**
 * Returns the number of days since 1970 in UTC, limited so that the neighbouring days fit into a
 * key as well.
 */
function dayOf(at: Date): number {
  return Math.min(Math.max(1, Math.floor(at.getTime() / DAY_MS)), LAST_DAY - 1);
}
