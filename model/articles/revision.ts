import type { ArticleFields, Provenance } from "./fields.ts";
import type { Completeness } from "./item.ts";

/** The kinds of revisions, each with its meaning as shown to operators. */
export const REVISION_KINDS = {
  first: "the article as first seen",
  typo: "spelling and punctuation",
  update: "more, newer or other content",
  correction: "a correction of something in the article",
  headline: "another headline, the same text",
  reading: "the same article, read more completely or by other extraction rules",
  retraction: "retracted by the publisher or an editor",
  reinstatement: "published again after a retraction",
} as const;

export type RevisionKind = keyof typeof REVISION_KINDS;

export interface RevisionVerdict {
  kind: RevisionKind;
  because: string;
}

export interface RevisionMark extends RevisionVerdict {
  revision: number;
}

/**
 * A revision in the change stream. `because` is null if it might quote a text that the publisher
 * reserves.
 */
export interface PublicRevision extends Omit<RevisionMark, "because"> {
  because: string | null;
}

/**
 * A revision: the fields of an article at one time. It never changes once stored. `_id` is
 * `<articleId>:<revision>`.
 */
export interface Revision extends RevisionVerdict {
  _id: string;
  articleId: string;
  revision: number;
  fields: ArticleFields;
  /** Id in `texts` of the whole text and HTML; missing if `fields.text` is whole. */
  longText?: string;
  contentHash: string;
  captureId: string;
  extractor: string;
  sourceVersion: number;
  completeness: Completeness;
  fieldScore: number;
  provenance: Provenance;
  reservations: string[];
  at: Date;
}
