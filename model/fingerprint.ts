import type { FingerprintKey } from "./fingerprint-key.ts";
import type { Ruling, Standing } from "./story.ts";

/** Hash functions of a signature. */
export const PERMUTATIONS = 125;

/** What copies of an article are found by, and where it stands among them. `_id` is the article's. */
export interface Fingerprint extends Features {
  _id: string;
  /** Grows with each change: a decision only counts for the version it was based on. */
  version: number;
  /** Missing until it is decided for the first time. */
  standing?: Standing;
  /** Set while its standing has to be decided (again). */
  staleAt?: Date;
  /** What editors said of the stories that it may be in. */
  rulings?: Ruling[];
}

/** What an article itself says of its likeness to others. */
export interface Features {
  sourceId: string;
  /** Version of the rules that made it; missing on those made before it was told. */
  rules?: string;
  /** How far its source's word is taken, 0 to 1. */
  trust: number;
  /** Hash of the normalised text. */
  textHash: string;
  /** Low 16 bits of `PERMUTATIONS` minima; empty for texts under 60 words. */
  signature: Uint16Array;
  /** Different shingles of the text; 0 for texts under 60 words. */
  shingles: number;
  /** Rare words, names and numbers with their weights, the heaviest first. */
  terms: (readonly [term: string, weight: number])[];
  /** What it is found by: its text; runs and pairs of terms with the day of `at`. */
  keys: FingerprintKey[];
  /** The earlier of published and first seen: the order in which standings follow each other. */
  at: Date;
  words: number;
  /**
   * Numbers in title and text, by which look-alikes such as daily figures differ; `form` and
   * `textForm` are hashes of title and text without them.
   */
  numbers: { title: string[]; text: string[]; form: string; textForm: string };
}
