import { DAY_MS } from "../../lib/time.ts";
import type { Cluster, LinkConstraint } from "./story.ts";

/** Hash functions of a signature. */
export const PERMUTATIONS = 125;

/** What copies of an article are found by, and where it stands among them. `_id` is the article's. */
export interface Fingerprint extends Features {
  _id: string;
  /** Grows with each change: a decision only counts for the version it was based on. */
  version: number;
  /** Missing until it is decided for the first time. */
  cluster?: Cluster;
  /** Set while its cluster has to be decided (again). */
  staleAt?: Date;
  /** What editors said of the stories that it may be in. */
  linkConstraints?: LinkConstraint[];
}

/** The parts of an article that are compared with others. */
export interface Features {
  sourceId: string;
  /** Version of the rules that made it; missing on older ones. */
  rules?: string;
  /** How far we trust its source, 0 to 1. */
  trust: number;
  /** Hash of the normalised text. */
  textHash: string;
  /** Low 16 bits of `PERMUTATIONS` minima; empty for texts under 60 words. */
  signature: Uint16Array;
  /** Different shingles of the text; 0 for texts under 60 words. */
  shingles: number;
  /** Rare words, names and numbers with their weights, the heaviest first. */
  terms: (readonly [term: string, weight: number])[];
  /** Keys: hash of the text; runs and pairs of terms with the day of `at`. */
  keys: FingerprintKey[];
  /** The earlier of published and first seen: the order in which clusters follow each other. */
  at: Date;
  words: number;
  /** Words of its title, even and in order. */
  title: string;
  /** Hash of the id that its feed gives it. */
  guid?: string;
  /** It comes from an entry point and is too short to compare its text: its title decides. */
  isAnnounced?: true;
  /**
   * Numbers in title and text, by which look-alikes such as daily figures differ; `form` and
   * `textForm` are hashes of title and text without them.
   */
  numbers: { title: string[]; text: string[]; form: string; textForm: string };
}

/**
 * What fingerprints are found by, as a number: of all that a document can hold they are the smallest in an index and the
 * quickest to read. What was written on a day lies together there, however long the index is.
 */
export type FingerprintKey = number;

/** Bits below the day: one that tells pairs from runs, and 36 of a hash. */
const SPAN = 2 ** 37;
const PAIR = 2 ** 36;
/** Days that fit above them: until 2149. */
const LAST_DAY = 2 ** 16 - 1;
/** Hex digits of a hash that a pair's key and a text's hold: 36 bits and 52. */
const [OF_PAIR, OF_TEXT] = [9, 13];

/** The key of a text by its hash (hex), on any day. */
export function textKey(hash: string): FingerprintKey {
  return -1 - Number.parseInt(hash.slice(0, OF_TEXT), 16);
}

/** The key of a run of tokens by its hash (32 bits, unsigned), on a day. */
export function runKey(hash: number, at: Date): FingerprintKey {
  return dayOf(at) * SPAN + hash;
}

/** The key of a pair of terms by its hash (hex), on a day. */
export function pairKey(hash: string, at: Date): FingerprintKey {
  return dayOf(at) * SPAN + PAIR + Number.parseInt(hash.slice(0, OF_PAIR), 16);
}

/** Whether it is that of a pair of terms. */
export function isPairKey(key: FingerprintKey): boolean {
  return key >= 0 && key % SPAN >= PAIR;
}

/** A key with its like of the day before and the day after; that of a text is the same on all days. */
export function aroundDay(key: FingerprintKey): FingerprintKey[] {
  return key < 0 ? [key] : [key, key - SPAN, key + SPAN];
}

/** Days since 1970 in UTC, with one before it and one after it that fit too. */
function dayOf(at: Date): number {
  return Math.min(Math.max(1, Math.floor(at.getTime() / DAY_MS)), LAST_DAY - 1);
}
