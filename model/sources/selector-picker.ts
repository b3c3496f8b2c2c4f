/** Fields for which an operator can pick a selector. */
export const PICKER_FIELDS = ["title", "publishedAt", "text", "authors"] as const;
export type PickerField = (typeof PICKER_FIELDS)[number];

/** An element that might contain a field: its position in document order, a selector for it, and the value there. */
export interface SelectorCandidate {
  at: number;
  selector: string;
  value: string;
}

/** The number of elements that a selector finds on a page, and the field's value; null if they give none. */
export interface SelectorMatch {
  count: number;
  value: string | null;
}

/** A selector for a field, with its results on all pages. */
export interface Proposal extends SelectorCandidate {
  /** Number of pages, and of pages on which the selector finds a plausible value. */
  pages: number;
  found: number;
  /** Number of different values: a title that is the same on every page belongs to the site. */
  distinct: number;
  /**
   * Of the pages for which the feed or list gives a value (`hinted`), the number on which the selector finds the
   * same value.
   */
  agrees: number;
  hinted: number;
}

/** A field as read from one page, and the rule that read it; null if there is none. */
export interface Reading {
  value: string | null;
  rule: string | null;
}

/** One page, read with the source's current selectors and with the proposed ones. */
export interface TriedPage {
  url: string;
  /** When the page was fetched. */
  at: Date;
  before: Reading;
  after: Reading;
}

/** Number of pages with the field, of different values, and of values that are the same as in the feed or list. */
export interface Tally {
  filled: number;
  distinct: number;
  agrees: number;
}

/** What a selector would change on stored pages. */
export interface Trial {
  field: PickerField;
  selector: string;
  pages: TriedPage[];
  before: Tally;
  after: Tally;
  /** Number of pages for which the feed or list gives a value. */
  hinted: number;
  /**
   * The time of the earliest page on which the new selector finds the field and the current selectors don't; null
   * if there is none.
   */
  from: Date | null;
}
