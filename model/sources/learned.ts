/** How many articles a source publishes at each hour of the week, and its longest gap. */
export interface Rhythm {
  /** Articles by hour of the week (UTC, from Monday 00:00); older articles count less. */
  items: number[];
  /** Number of observed weeks, at most eight. */
  weeks: number;
  /** The longest gap, ms, and the most articles expected during a gap; both decay over time. */
  longest: { ms: number; expected: number };
  gaps: number;
  since: Date;
}

/** Fields whose extraction is monitored for drift. */
export const WATCHED_FIELDS = ["title", "publishedAt", "text", "authors", "teaser"] as const;
export type WatchedField = (typeof WATCHED_FIELDS)[number];

export interface Sums {
  sum: number;
  squares: number;
}

/** How new articles were extracted, as counts and sums, so that samples can be added up. */
export interface Sample {
  articles: number;
  /** Number of pages that should have had an article but had none. */
  empty: number;
  missing: Partial<Record<WatchedField, number>>;
  /** For each field, the number of articles in which no selector of the source read the field. */
  unselected: Partial<Record<WatchedField, number>>;
  /** Number of articles that have the same title as another recent article. */
  repeated: number;
  /** For each field, the number of articles in which the field contradicts the feed or list. */
  contradicted: Partial<Record<"title" | "publishedAt", number>>;
  /** The natural logarithm of each text's length in characters, summed over the articles. */
  length: Sums;
  /** The share of each text that other articles also contain (0 to 1), summed over the articles. */
  shared: Sums;
}

export const EMPTY_SAMPLE: Sample = {
  articles: 0,
  empty: 0,
  missing: {},
  unselected: {},
  repeated: 0,
  contradicted: {},
  length: { sum: 0, squares: 0 },
  shared: { sum: 0, squares: 0 },
};

/**
 * The usual behaviour of a source: when it publishes, and how its articles are extracted. `_id` is
 * the source's id.
 */
export interface Baseline {
  _id: string;
  rhythm?: Rhythm;
  /** Sample of the new articles since the last run was closed. */
  run?: Sample;
  /** Samples of the last three runs with new articles or empty pages, newest last. */
  recent?: Sample[];
  /**
   * The sum of the samples that are older than those in `recent`, without samples that showed
   * drift; scaled down to at most 300 articles.
   */
  usual?: Sample;
  /** Hashes of the titles of the latest articles, newest last. */
  titles?: string[];
}

/** How the extraction of a field can change, in words that follow the name of the field. */
export const DRIFTS = {
  missing: "is missing",
  unselected: "is no longer found by its selector",
  repeated: "is the same on several articles",
  contradicted: "contradicts what the feed or list says",
  length: "has another length than usual",
  shared: "mostly repeats text of other articles",
  empty: "is not found, so pages have no article",
} as const;

/** A field whose extraction has changed, with a measure before (`usual`) and after (`now`). */
export interface Drift {
  field: WatchedField;
  kind: keyof typeof DRIFTS;
  /**
   * How many of the latest `of` articles (or pages, for the kind `empty`) are affected. For the
   * kinds `length` and `shared`, equal to `of`.
   */
  count: number;
  of: number;
  /**
   * The measure before the change: characters of text for the kind `length`, otherwise a share, 0
   * to 1.
   */
  usual: number;
  /** The measure over the latest articles; for its unit, see `usual`. */
  now: number;
}

/** A paragraph that many articles of a source share. It is removed from the articles. */
export interface Learnt {
  /** Key of the paragraph, made by `extractors/boilerplate.ts`. */
  key: string;
  /** The beginning of the paragraph, for operators. */
  text: string;
  /** Ids of up to five articles that contained the paragraph when it was learnt. */
  articles: string[];
  at: Date;
  /** Set if the decision to remove the paragraph is final; if not, it is repeated at `finishAt`. */
  isFinal?: true;
}

/** The paragraphs of an article, for comparison with other articles of its source. */
export interface BoilerplateEntry {
  article: string;
  /** The paragraphs as `key:size`, separated by spaces; see `extractors/boilerplate.ts`. */
  paragraphs: string;
  /** Keys of the learnt paragraphs removed from the article, separated by spaces. */
  without: string;
  /** Set if the article is mostly a copy of another one, so that nothing can be learnt from it. */
  isVersion?: true;
  isFinal?: true;
}

/** A source's final boilerplate, and the articles to extract again because of it. */
export type FinishedBoilerplate = Required<Pick<Boilerplate, "recent" | "known" | "reread">>;

/**
 * The paragraphs that articles of one source share, and the articles that they are learnt from.
 * `_id` is the source's id.
 */
export interface Boilerplate {
  _id: string;
  /** The latest articles, newest last. */
  recent: BoilerplateEntry[];
  /** Learnt paragraphs, newest last. */
  known: Learnt[];
  version: number;
  /**
   * When to make the boilerplate final; missing if no article was added since it was last made
   * final.
   */
  finishAt?: Date;
  /** Ids of articles to extract again, because the paragraphs to remove have changed. */
  reread?: string[];
  rereadAt?: Date;
}
