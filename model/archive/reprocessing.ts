/** The stages that can be run again, in the order in which they run, each with what it computes. */
export const STAGES = {
  extract: "every field, from the stored responses",
  language:
    "the language, from the stored responses; also places and topics if the language differs",
  places: "country, region, city and the prefix of the title",
  topics: "topics",
  relevance: "relevance, which decides whether an article is listed",
  stories: "which articles form a story, and which one represents it",
} as const;

export type Stage = keyof typeof STAGES;

/** The articles of the archive with `sortAt` from `since` (included) to `until` (excluded). */
export interface Slice {
  since: Date;
  until: Date;
  /** Ids of the sources; null for all. */
  sources: readonly string[] | null;
}

interface FieldChanges {
  count: number;
  examples: { articleId: string; before: string; after: string }[];
}

export interface Report {
  /** Number of articles that were read. */
  articles: number;
  /** Number of articles with differences that readers see. */
  changed: number;
  /** Number of articles that differ only in evidence, versions or fields that readers don't see. */
  refreshed: number;
  /** Numbers of articles that were not processed, by reason. */
  left: Record<string, number>;
  fields: Record<string, FieldChanges>;
}

/** The progress of a reprocessing, so that it can resume. */
export interface Reprocessing {
  /** Hash of the request and the rules' versions; any change restarts the reprocessing. */
  _id: string;
  stages: readonly Stage[];
  slice: Slice;
  begunAt: Date;
  /** Token of the process that does the work, replaced by a process that takes over. */
  owner: string;
  done: Progress;
  /** The progress after the batch that is being written; null between batches. */
  planned: Progress | null;
}

/**
 * The progress within a slice. `after` is the last processed article, null before the first.
 * `source` is the index of its source in the slice.
 */
export interface Progress {
  after: { source: number; sortAt: Date; id: string } | null;
  report: Report;
}
