import { DAY_MS } from "../../lib/time.ts";
import type { Cluster, LinkConstraint } from "./story.ts";

/** Number of hash functions of a MinHash signature. */
export const PERMUTATIONS = 125;

/** The features by which an article is compared, and its cluster. `_id` is the article's id. */
export interface Fingerprint extends Features {
  _id: string;
  /** Increases with each change; a decision based on an older version isn't stored. */
  version: number;
  cluster?: Cluster;
  /** When a decision about the cluster became due; missing while the cluster is up to date. */
  staleAt?: Date;
  linkConstraints?: LinkConstraint[];
}

/**
 * A fingerprint as stored. Its signature, terms and numbers are bytes and strings, which are read
 * ten times as fast as arrays.
 */
export interface StoredFingerprint extends Omit<Fingerprint, "signature" | "terms" | "numbers"> {
  /** The minima of the MinHash signature, 16 bits each, low byte first. */
  signature: Uint8Array;
  /** One `term weight` pair per line. */
  terms: string;
  numbers: { title: string; text: string; form: string; textForm: string };
}

/** The features by which an article is compared with others. */
export interface Features {
  sourceId: string;
  /** Version of the rules by which this article's features were computed. */
  rules: string;
  /** Trust in the source of the article, 0 to 1. */
  trust: number;
  /** Hash of the normalised text; for a short text, of title and text together. */
  textHash: string;
  /** MinHash: the low 16 bits of each minimum; empty for texts with fewer than 60 words. */
  signature: Uint16Array;
  /** Number of different word sequences; 0 for texts with fewer than 60 words. */
  shingles: number;
  /** Rare words, names and numbers with their weights, heaviest first. */
  terms: (readonly [term: string, weight: number])[];
  keys: FingerprintKey[];
  /** Publication or first fetch, whichever is earlier; articles join clusters in this order. */
  at: Date;
  words: number;
  /** The normalised words of the title, separated by spaces. */
  title: string;
  /** Hash of the source and the article's id in the feed; null if the feed gives no id. */
  guid: string | null;
  /** Whether the text is from an entry point and has under 60 words. Titles are compared then. */
  isAnnounced: boolean;
  /**
   * The numbers, months and weekdays in title and text. `form` and `textForm` are hashes of the
   * other words of the title and of the text.
   */
  numbers: { title: string[]; text: string[]; form: string; textForm: string };
}

/** A key by which similar articles are found. Keys of one day are adjacent in the index. */
export type FingerprintKey = number;

const KEYS_PER_DAY = 2 ** 37;
const PAIR_FLAG = 2 ** 36;
/** Days count from 1970, so 16 bits are enough until 2149. */
const LAST_DAY = 2 ** 16 - 1;
/** 36 bits fit below `PAIR_FLAG`, and 52 bits fit a safe integer. */
const [PAIR_HASH_DIGITS, TEXT_HASH_DIGITS] = [9, 13];

/** Returns a text's or feed id's key from its hash (hex): a negative number without a day. */
export function textKey(hash: string): FingerprintKey {
  return -1 - Number.parseInt(hash.slice(0, TEXT_HASH_DIGITS), 16);
}

/** Returns the key of a run of tokens from its hash (32 bits, unsigned) and a day. */
export function runKey(hash: number, at: Date): FingerprintKey {
  return dayOf(at) * KEYS_PER_DAY + hash;
}

/** Returns the key of a pair of terms, or of a title, from its hash (hex) and a day. */
export function pairKey(hash: string, at: Date): FingerprintKey {
  return (
    dayOf(at) * KEYS_PER_DAY + PAIR_FLAG + Number.parseInt(hash.slice(0, PAIR_HASH_DIGITS), 16)
  );
}

/** Whether a key belongs to a pair of terms or to a title. */
export function isPairKey(key: FingerprintKey): boolean {
  return key >= 0 && key % KEYS_PER_DAY >= PAIR_FLAG;
}

/** Returns a key and its variants for the day before and after; a key without a day has none. */
export function aroundDay(key: FingerprintKey): FingerprintKey[] {
  return key < 0 ? [key] : [key, key - KEYS_PER_DAY, key + KEYS_PER_DAY];
}

function dayOf(at: Date): number {
  // `aroundDay` also needs a day before and a day after.
  return Math.min(Math.max(1, Math.floor(at.getTime() / DAY_MS)), LAST_DAY - 1);
}
