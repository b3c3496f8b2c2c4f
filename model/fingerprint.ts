/** What copies of an article are found by. `_id` is the article's. */
export interface Fingerprint {
  _id: string;
  /** Hash of the normalised text. */
  textHash: string;
  /** 125 32-bit minima; empty for texts under 60 words. */
  signature: number[];
  /** Different shingles of the text; 0 for texts under 60 words. */
  shingles: number;
  /** What it is found by: the text hash, then hashes of runs with the day of `at`. */
  keys: string[];
  /** The earlier of published and first seen: decides which of two copies stands for the story. */
  at: Date;
  words: number;
  /**
   * Numbers in title and text, by which look-alikes such as daily figures differ; `form` and
   * `textForm` are hashes of title and text without them.
   */
  numbers: { title: string[]; text: string[]; form: string; textForm: string };
}
