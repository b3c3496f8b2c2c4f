import type { Provenance } from "./extraction.ts";
import type { ArticleFields } from "./fields.ts";
import type { Completeness } from "./item.ts";

/** What a revision is, in words an operator reads; a closed set. */
export const REVISION_KINDS = {
  first: "as it was first seen",
  typo: "spelling and punctuation",
  update: "more, newer or other content",
  correction: "something it said was put right",
  headline: "another headline over the same text",
  reading: "the same article, more of it read, or read by other rules of ours",
  retraction: "taken back",
  reinstatement: "there again after it was taken back",
} as const;

export type RevisionKind = keyof typeof REVISION_KINDS;

/** The kind of a revision, and why it is said to be one. */
export interface RevisionVerdict {
  kind: RevisionKind;
  because: string;
}

/** Which revision of an article something is. */
export interface RevisionMark extends RevisionVerdict {
  revision: number;
}

/** What readers of the stream are told of a revision: `because` is null where it could quote what is reserved. */
export interface PublicRevision extends Omit<RevisionMark, "because"> {
  because: string | null;
}

/** One set of an article's fields, which never changes. `_id` is `<articleId>:<revision>`. */
export interface Revision extends Partial<RevisionVerdict> {
  _id: string;
  articleId: string;
  revision: number;
  fields: ArticleFields;
  /** As in an article. */
  longText?: string;
  contentHash: string;
  captureId: string;
  extractor: string;
  sourceVersion: number;
  completeness: Completeness;
  /** As of the article then; missing on revisions stored before they were kept, as are reservations. */
  fieldScore?: number;
  /** By which rules it was read; missing on revisions stored before it was kept. */
  provenance?: Provenance;
  reservations?: string[];
  at: Date;
}
