import type { Article } from "../articles/article.ts";
import type { Extraction } from "../articles/fields.ts";
import type { Features, StoredFingerprint } from "../articles/fingerprint.ts";
import type { Progress, Slice, Stage } from "./reprocessing.ts";

/** A count or sum over articles: `before` for the live ones, `after` for the staged ones. */
export interface Tally {
  before: number;
  after: number;
}

/** The quality of the live articles (`before`) and of the staged ones (`after`). */
export interface Score {
  /** Number of articles compared. */
  articles: number;
  /** Sums of the articles' field scores; each score is from 0 to 1. */
  fieldScore: Tally;
  /** Numbers of articles that have a value, by field. */
  filled: Record<string, Tally>;
  /** Number of articles whose text became shorter by more than a fifth. */
  shorter: number;
  /** Number of articles whose text became longer by more than a fifth. */
  longer: number;
  /**
   * `of`: number of topic lists and titles that editors set. `before`, `after`: how many of them
   * equal what the rules find in the live and in the staged articles.
   */
  editors: Tally & { of: number };
}

/**
 * Articles as the current rules read them, stored beside the live ones until somebody promotes or
 * deletes them. `_id` is the name of the set.
 */
export interface StagingSet {
  _id: string;
  /** Hash of the request and of the versions of the rules, places and topics. */
  requestHash: string;
  stages: readonly Stage[];
  slice: Slice;
  /** Versions of the rules that made the set. */
  rules: Record<string, string>;
  begunAt: Date;
  /** Work on a set that is `filling` or `promoting` continues after an interruption. */
  state: "filling" | "ready" | "promoting" | "promoted";
  /** Token of the process that works on the set, replaced by a process that takes over. */
  owner: string;
  done: Progress;
  score: Score;
  /** Ids of the articles whose promotion had begun when this record was last written. */
  writing: string[];
  expiresAt: Date;
}

/** Numbers of articles by outcome; `left` counts those that were not promoted, by reason. */
export interface Promotion {
  open: number;
  promoted: number;
  left: Record<string, number>;
}

/** The shortened values of a field in the live article (`before`) and the staged one (`after`). */
export interface FieldChange {
  before: string;
  after: string;
}

/**
 * The result of reading an article's page again. The text and HTML are only in the `draft` of the
 * staged article.
 */
export interface StagedPage {
  linkId: string;
  extraction: Extraction;
  /** The article's `Classification`. `unknown`, because `model/` can't import that type. */
  classified: unknown;
  features: Features;
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
  /** Hash of the live article from which the staged article was made. */
  basis: string;
  /** Whether readers would see a difference from the live article. */
  visible: boolean;
  changes: Record<string, FieldChange>;
  fields: string[];
  /** The staged fields; null once the article is promoted. */
  draft: Omit<Article, "pending" | "pendingAt"> | null;
  /**
   * The result of extracting the page again; null if the set's `stages` don't include `extract`, or
   * after the article's promotion.
   */
  page: StagedPage | null;
  expiresAt: Date;
}

/** A staged article as stored: the fingerprint of its page is encoded. */
export interface StoredStagedArticle extends Omit<StagedArticle, "page"> {
  page:
    | (Omit<StagedPage, "features"> & {
        features: Omit<StoredFingerprint, "_id" | "version">;
      })
    | null;
}
