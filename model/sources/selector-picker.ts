/** Fields for which an operator picks a selector on a page. */
export const PICKER_FIELDS = ["title", "publishedAt", "text", "authors"] as const;
export type PickerField = (typeof PICKER_FIELDS)[number];

/** An element that may hold a field: its place in document order, a selector of it, and what is read there. */
export interface SelectorCandidate {
  at: number;
  selector: string;
  value: string;
}

/** The elements that a selector finds on a page, and the field's value; null when there is none. */
export interface SelectorMatch {
  count: number;
  value: string | null;
}

/** A selector that may give a field, with what it is worth on all the pages. */
export interface Proposal extends SelectorCandidate {
  /** Number of pages, and of those on which the selector gives a possible value. */
  pages: number;
  found: number;
  /** Different values among them: a title that is the same everywhere is the site's. */
  distinct: number;
  /** Pages on which the value is what the feed or list said, of those that it said something of. */
  agrees: number;
  hinted: number;
}

/** A field as one page gives it, by which rule; null when there is none. */
export interface Reading {
  value: string | null;
  rule: string | null;
}

/** One page, read with the source's current selectors and with the proposed ones. */
export interface TriedPage {
  url: string;
  /** When it was fetched. */
  at: Date;
  before: Reading;
  after: Reading;
}

/** Pages with the field, different values, and values that its feed or list said too. */
export interface Tally {
  filled: number;
  distinct: number;
  agrees: number;
}

/** What a selector would change, on stored pages. */
export interface Trial {
  field: PickerField;
  selector: string;
  pages: TriedPage[];
  before: Tally;
  after: Tally;
  /** Pages of which the feed or list said something. */
  hinted: number;
  /** From when on it reads what the declaration doesn't: the first such page; null when there is none. */
  from: Date | null;
}
