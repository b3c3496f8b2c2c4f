/** How many articles a source brings at each hour of the week, and how long it may be quiet. */
export interface Rhythm {
  /** Articles by hour of the week (UTC, from Monday 00:00), over the time watched. */
  items: number[];
  /** Weeks watched, at most eight: older ones fade. */
  weeks: number;
  /** The longest time without articles, ms, and what was to be expected in the quietest one. */
  longest: { ms: number; expected: number };
  /** Times without articles that were seen, and since when. */
  gaps: number;
  since: Date;
}

/** Fields whose reading is watched. */
export const WATCHED = ["title", "publishedAt", "text", "authors", "teaser"] as const;
export type WatchedField = (typeof WATCHED)[number];

/** Sum and sum of squares of a measure over articles. */
export interface Sums {
  sum: number;
  squares: number;
}

/** How new articles of a source were read: counts of articles, so samples can be added up. */
export interface Sample {
  articles: number;
  /** Pages without an article among those that should have been one. */
  empty: number;
  /** Articles without the field, and those whose field the source's own selector did not give. */
  missing: Partial<Record<WatchedField, number>>;
  unselected: Partial<Record<WatchedField, number>>;
  /** Articles whose title another one has too. */
  repeated: number;
  /** Articles whose field contradicts what the entry point said. */
  contradicted: Partial<Record<"title" | "publishedAt", number>>;
  /** Statistics of ln(characters of text). */
  length: Sums;
  /** Statistics of the share of the text, 0 to 1, that other articles have, too. */
  shared: Sums;
}

/** What is usual for a source: when its articles arrive, and how they are read. `_id` is the source's id. */
export interface Baseline {
  _id: string;
  rhythm?: Rhythm;
  /** New articles since the last run was closed. */
  run?: Sample;
  /** The last runs that brought articles, the newest last; then what was before them. */
  recent?: Sample[];
  usual?: Sample;
  /** Titles of the latest articles as hashes, the newest last. */
  titles?: string[];
}

/** How a field stopped being read as usual. */
export const DRIFTS = {
  missing: "is missing",
  unselected: "is no longer found by its selector",
  repeated: "is the same on several articles",
  contradicted: "contradicts what the feed or list says",
  length: "has another length than usual",
  shared: "mostly repeats text of other articles",
  empty: "is not found, so pages have no article",
} as const;

/** A field that is read differently now: in how many of the latest articles, and in what share before. */
export interface Drift {
  field: WatchedField;
  kind: keyof typeof DRIFTS;
  /** Articles concerned among the latest; for `length` and `shared` all of them. */
  count: number;
  of: number;
  /** Share before, 0 to 1; for `length` characters, for `shared` the share of the text. */
  usual: number;
  /** The same for the latest articles. */
  now: number;
}
