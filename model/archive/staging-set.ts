import type { Article } from "../articles/article.ts";
import type { Extraction } from "../articles/extraction.ts";
import type { Features } from "../articles/fingerprint.ts";
import type { Progress, Slice, Stage } from "./reprocessing.ts";

/** A count or sum over several articles, before and after. */
export interface Tally {
  before: number;
  after: number;
}

/** The quality of two extractions of the same articles, side by side. */
export interface Score {
  /** Number of articles that were extracted. */
  articles: number;
  /** Sums of the articles' field scores (0 to 1 each). */
  fieldScore: Tally;
  /** Number of articles with a value, by field. */
  filled: Record<string, Tally>;
  /** Numbers of articles whose text became shorter, or longer, by more than a fifth. */
  shorter: number;
  longer: number;
  /**
   * Number of editors' corrections of topics and titles (`of`), and the number that each extraction
   * agrees with.
   */
  editors: Tally & { of: number };
}

/**
 * Articles as the new rules extract them, stored beside the live ones until somebody promotes or deletes them.
 * `_id` is the name of the set.
 */
export interface StagingSet {
  _id: string;
  /** Hash of the request and of the versions of rules and tables. */
  requestHash: string;
  stages: readonly Stage[];
  slice: Slice;
  /** Versions of the rules that made the set. */
  rules: Record<string, string>;
  begunAt: Date;
  /** `filling` and `promoting` continue after an interruption. */
  state: "filling" | "ready" | "promoting" | "promoted";
  /** Token of the process that works on the set. A process that takes over stores its own token. */
  owner: string;
  done: Progress;
  score: Score;
  /** Ids of the staged articles whose promotion had begun when this record was last written. */
  writing: string[];
  /** When the set expires. */
  expiresAt: Date;
}

/** Numbers of a staging set's articles by outcome; those that were not promoted by reason. */
export interface Promotion {
  open: number;
  promoted: number;
  left: Record<string, number>;
}

/** A value before and after, shortened for operators. */
export interface FieldChange {
  before: string;
  after: string;
}

/** The result of reading an article's page, without text and HTML, which the draft has. */
export interface StagedPage {
  linkId: string;
  extraction: Extraction;
  /** The output of the stage `classify`; the caller knows its type. */
  classified: unknown;
  features: Features;
  reserved: string[] | null;
  embargo: number | null;
}

/** A staged article that differs from the live one. */
export interface StagedArticle {
  /** `SET:ARTICLE`. */
  _id: string;
  stagingSet: string;
  articleId: string;
  state: "open" | "promoted" | "left";
  /** Why the article was not promoted; null unless `state` is `left`. */
  left: string | null;
  /** Hash of the live article from which the staged one was made. */
  basis: string;
  /** Whether readers would see a difference. */
  visible: boolean;
  /** The differences by field. */
  changes: Record<string, FieldChange>;
  /** The names of the changed fields. */
  fields: string[];
  /** The staged fields; null once the article was promoted. */
  draft: Omit<Article, "pending" | "pendingAt"> | null;
  /** The result of reading the page again; null if it wasn't read again. */
  page: StagedPage | null;
  expiresAt: Date;
}
