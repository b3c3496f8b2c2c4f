/** How many articles a source publishes at each hour of the week, and its longest gaps. */
export interface Rhythm {
  /** Number of articles in the observed weeks, by hour of the week (UTC, from Monday 00:00). */
  items: number[];
  /** Number of observed weeks, at most eight. Older weeks count less and less. */
  weeks: number;
  /** The longest gap without articles, ms, and the largest number of articles that were expected during a gap. */
  longest: { ms: number; expected: number };
  /** Number of gaps observed, and since when. */
  gaps: number;
  since: Date;
}

/** Fields whose extraction is monitored for drift. */
export const WATCHED = ["title", "publishedAt", "text", "authors", "teaser"] as const;
export type WatchedField = (typeof WATCHED)[number];

/** Sum and sum of squares of a measure over articles. */
export interface Sums {
  sum: number;
  squares: number;
}

/** How the new articles of a source were extracted, as counts, so that samples can be added. */
export interface Sample {
  articles: number;
  /** Number of pages that should have had an article but had none. */
  empty: number;
  /**
   * Numbers of articles that lack the field (`missing`) or whose field wasn't read by the source's selector
   * (`unselected`).
   */
  missing: Partial<Record<WatchedField, number>>;
  unselected: Partial<Record<WatchedField, number>>;
  /** Number of articles that share their title with another one. */
  repeated: number;
  /** Number of articles whose field contradicts what the feed or list says, by field. */
  contradicted: Partial<Record<"title" | "publishedAt", number>>;
  /** Statistics of ln(characters of text). */
  length: Sums;
  /** Statistics of the share of an article's text, 0 to 1, that other articles also contain. */
  shared: Sums;
}

/** The usual behaviour of a source: when it publishes, and how its articles are extracted. `_id` is the source's id. */
export interface Baseline {
  _id: string;
  rhythm?: Rhythm;
  /** New articles since the last run was closed. */
  run?: Sample;
  /**
   * Samples of the last runs with new articles, newest last; `usual` is the sum of earlier samples.
   */
  recent?: Sample[];
  usual?: Sample;
  /** Hashes of the latest titles, newest last. */
  titles?: string[];
}

/** How the extraction of a field can change. */
export const DRIFTS = {
  missing: "is missing",
  unselected: "is no longer found by its selector",
  repeated: "is the same on several articles",
  contradicted: "contradicts what the feed or list says",
  length: "has another length than usual",
  shared: "mostly repeats text of other articles",
  empty: "is not found, so pages have no article",
} as const;

/** A field whose extraction has changed: in how many of the latest articles, and how it was before. */
export interface Drift {
  field: WatchedField;
  kind: keyof typeof DRIFTS;
  /** Number of affected articles among the latest ones; for `length` and `shared`, the number of all these articles. */
  count: number;
  of: number;
  /**
   * The measure before: a share from 0 to 1; for `length` a number of characters, for `shared` a
   * share of the text.
   */
  usual: number;
  /** The measure in `usual`, over the latest articles. */
  now: number;
}
