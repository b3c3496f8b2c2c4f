/** One page of an article over several pages; the first one has the article's own address. */
export interface Sheet {
  /** From 1. */
  number: number;
  url: string;
}

/** Where a page stands among the sheets of its article, and which others it names. */
export interface Sheets {
  number: number;
  others: Sheet[];
  /** What told so. */
  rule: string;
}

/** What became of a sheet after the first one, in words an operator reads; a closed set. */
export const SHEET_STATES = {
  joined: "its text is part of the article",
  repeats: "it says nothing that is not there already",
  "other article": "it is an article of its own",
  "too long": "with it the article would be longer than a text may be",
  "not read": "it has not come, so the article stands without it",
} as const;

/** A sheet after the first one, and what became of it. */
export interface SheetRead extends Sheet {
  state: keyof typeof SHEET_STATES;
  /** The response that it was read from. */
  captureId: string | null;
}
