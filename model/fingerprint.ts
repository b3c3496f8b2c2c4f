/** What near-duplicates are found by. `_id` is the article's. */
export interface Fingerprint {
  _id: string;
  /** Hash of the normalised text. */
  textHash: string;
  /** 125 32-bit minima; empty for texts under 60 words. */
  signature: number[];
  /** The text hash as a key of its own, then 25 band keys with the day of min(published, first seen). */
  bands: string[];
  /** min(published, first seen): decides which of two copies stands for the story. */
  at: Date;
  words: number;
  /**
   * Numbers in title and text, by which look-alikes such as daily figures differ; `form` is the
   * title without its numbers.
   */
  numbers?: { title: string[]; text: string[]; form: string };
}
