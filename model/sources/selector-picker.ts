export const PICKER_FIELDS = ["title", "publishedAt", "text", "authors"] as const;
export type PickerField = (typeof PICKER_FIELDS)[number];

/** An element that might contain a field; `at` is the position in document order. */
export interface SelectorCandidate {
  at: number;
  selector: string;
  value: string;
}

export interface SelectorMatch {
  count: number;
  value: string | null;
}

/** A selector for a field, with its results on all pages that were tried. */
export interface Proposal extends SelectorCandidate {
  pages: number;
  /** Number of pages on which the selector finds a plausible value. */
  found: number;
  /** Number of different values. A value that is the same on every page belongs to the site. */
  distinct: number;
  /** Number of pages whose value matches the feed or list. Dates match if under 36 hours apart. */
  agrees: number;
  /** Number of pages for which the feed or list gives a value. */
  hinted: number;
}

export interface Reading {
  value: string | null;
  rule: string | null;
}

/** One page, read with the source's current selectors and with the proposed ones. */
export interface TriedPage {
  url: string;
  at: Date;
  before: Reading;
  after: Reading;
}

/** How often a field was found on the pages of a trial. */
export interface Tally {
  filled: number;
  distinct: number;
  /** Number of pages whose value is the same as in the feed or list. */
  agrees: number;
}

/** What a new selector changes on stored pages, compared with the current selectors. */
export interface Trial {
  field: PickerField;
  selector: string;
  pages: TriedPage[];
  before: Tally;
  after: Tally;
  /** Number of pages for which the feed or list gives a value. */
  hinted: number;
  /** Time of the earliest page where only the new selector finds the field; null if none. */
  from: Date | null;
}
