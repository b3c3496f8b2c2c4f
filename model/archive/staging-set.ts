import type { Article } from "../articles/article.ts";
import type { Extraction } from "../articles/extraction.ts";
import type { Features } from "../articles/fingerprint.ts";
import type { Progress, Slice, Stage } from "./reprocessing.ts";

/** A field before and after, counted over articles. */
export interface Tally {
  before: number;
  after: number;
}

/** What two readings of the same articles are worth, beside each other. */
export interface Score {
  /** Articles that were derived. */
  articles: number;
  /** Sums of their field scores, 0 to 1 each. */
  fieldScore: Tally;
  /** Articles with a value, by field. */
  filled: Record<string, Tally>;
  /** Articles whose text is a fifth shorter, and longer, than it was. */
  shorter: number;
  longer: number;
  /** What editors said of topics and titles of these articles, and how often the reading says the same. */
  editors: Tally & { of: number };
}

/**
 * Articles as other rules would read them, stored beside the live ones until somebody promotes or drops them.
 * `_id` is its name.
 */
export interface StagingSet {
  _id: string;
  /** Hash of the request and of the versions of rules and tables. */
  requestHash: string;
  stages: readonly Stage[];
  slice: Slice;
  /** Versions of the rules it was made by. */
  rules: Record<string, string>;
  begunAt: Date;
  /** `filling` and `promoting` go on where they were stopped. */
  state: "filling" | "ready" | "promoting" | "promoted";
  /** Token of the process that works on it; another one that takes over writes its own. */
  owner: string;
  done: Progress;
  score: Score;
  /** Ids of staged articles that were being promoted when this was written last. */
  writing: string[];
  /** When it expires. */
  expiresAt: Date;
}

/** What became of a staging set's staged articles: `left` by why. */
export interface Promotion {
  open: number;
  promoted: number;
  left: Record<string, number>;
}

/** A value of a field that comes out otherwise, as an operator reads it: cut where it is long. */
export interface FieldChange {
  before: string;
  after: string;
}

/** An article's page as read, without its text and HTML, which the draft beside it has. */
export interface StagedPage {
  linkId: string;
  extraction: Extraction;
  /** As the stage `classify` gave it; the caller knows its shape. */
  classified: unknown;
  features: Features;
  reserved: string[] | null;
  embargo: number | null;
}

/** An article as it would be in a staging set; only where that differs from what it is. */
export interface StagedArticle {
  /** `SET:ARTICLE`. */
  _id: string;
  stagingSet: string;
  articleId: string;
  state: "open" | "promoted" | "left";
  /** Why it stayed unchanged. */
  left: string | null;
  /** Hash of the article from which it was derived. */
  basis: string;
  /** Whether readers would see a difference. */
  visible: boolean;
  /** What differs, by field. */
  changes: Record<string, FieldChange>;
  /** The names of those fields. */
  fields: string[];
  /** null after it is promoted. */
  draft: Omit<Article, "pending" | "pendingAt"> | null;
  /** null when it wasn't read from its page again. */
  page: StagedPage | null;
  expiresAt: Date;
}
