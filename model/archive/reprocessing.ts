/** What can be derived again, each with what follows from it; in the order in which it is done. */
export const STAGES = {
  extract: "every field, from the stored responses",
  language: "the language, from the stored responses; if it differs, places and topics too",
  places: "country, region, city and the prefix of the title",
  topics: "topics",
  relevance: "relevance, and with it whether an article is listed",
  stories: "which articles form a story, and which one represents it",
} as const;

export type Stage = keyof typeof STAGES;

/** The part of the archive that is gone over: articles dated (`sortAt`) from `since` to before `until`. */
export interface Slice {
  since: Date;
  until: Date;
  /** null: all. */
  sources: readonly string[] | null;
}

/** How often a field differs, with the first examples for an operator. */
interface FieldChanges {
  count: number;
  examples: { articleId: string; before: string; after: string }[];
}

/** The result of deriving again. */
export interface Report {
  /** Number of articles that were read. */
  articles: number;
  /** Articles that readers see a difference of: an `updated` change each. */
  changed: number;
  /** Articles that differ only in evidence, versions or fields that readers don't see. */
  refreshed: number;
  /** Number of articles that stayed unchanged, by reason. */
  left: Record<string, number>;
  fields: Record<string, FieldChanges>;
}

/** How far a reprocessing is, so that it can resume. */
export interface Reprocessing {
  /** Made of the request and the versions of the rules. Another key starts from the beginning. */
  _id: string;
  stages: readonly Stage[];
  slice: Slice;
  begunAt: Date;
  /** Token of the process that works on it; another one that takes over writes its own. */
  owner: string;
  done: Progress;
  /** The report of the articles that are being written. It can't be made twice. */
  planned: Progress | null;
}

/** How far a slice has been processed, with the results so far; `source` counts its sources. */
export interface Progress {
  after: { source: number; sortAt: Date; id: string } | null;
  report: Report;
}
