import type { UsageSignal } from "../usage-rights.ts";
import type { Derived, PlaceVerdict, Relevance, TopicVerdict } from "./classification.ts";
import type { ArticleStatus, Edited, Editorial, Retraction, Times } from "./editorial.ts";
import type { ArticleFields, Extraction } from "./fields.ts";
import type { Completeness, IncompleteReason, Item, Visible } from "./item.ts";
import type { PublicRevision, RevisionMark } from "./revision.ts";
import type { Origin } from "./story.ts";

/** A change to an article that the sequencer hasn't moved into the change stream yet. */
export interface PendingChange {
  version: number;
  kind: ChangeKind;
  before: Visible | null;
  item: Item;
  /** Missing if the change adds no revision. */
  revision?: PublicRevision;
  /** Set if the publisher permits less than before: shorter excerpts, no image or no quotes. */
  reserves?: true;
  at: Date;
}

export type ChangeKind = "created" | "updated" | "retracted" | "merged";

/** Why an article is stored but not shown. */
export type UnlistedReason =
  | "below relevance"
  | "waits for an editor"
  | "reserved"
  | "embargo"
  | "incomplete"
  | "expired";

/** The current fields of one article. `_id` is the key of its first link and never changes. */
export interface Article extends ArticleFields {
  _id: string;
  version: number;
  sourceId: string;
  sourceVersion: number;
  /** The URL at which readers find the article. */
  url: string;
  title: string;
  text: string;
  /** Id in `texts` of the whole text and HTML; null or missing if `text` is whole. */
  longText?: string | null;
  /** The place shown before the title, such as `CC: Region: `; empty if it is unknown. */
  prefix: string;
  country: string | null;
  /** English name of the first-level region; null if it is unknown. */
  region: string | null;
  /** ISO 3166-2 code; null if it is unknown. */
  regionCode: string | null;
  city: string | null;
  topics: string[];
  /** Relevance for the portal, 0 to 1; null if it was not computed. */
  relevanceScore: number | null;
  status: ArticleStatus;
  unlisted?: { reason: UnlistedReason; detail: string; at: Date } | null;
  retraction?: Retraction | null;
  /** Hash of title and text without layout; new extraction rules can also change the hash. */
  contentHash: string;
  captureId: string;
  extractor: string;
  /** Trace id of the run that last read the article (`traceIdOf`); missing if none has read it. */
  traceId?: string;
  derived: Derived;
  evidence: Extraction["evidence"] & {
    byTopic?: TopicVerdict[];
    relevance?: Relevance;
    places?: PlaceVerdict;
  };
  /** The rules' topics while an editor's correction overrides them; else null or missing. */
  overruled?: { byTopic: TopicVerdict[] } | null;
  /** The editorial state; null or missing if the rules set `published` and no editor changed it. */
  editorial?: Editorial | null;
  /** Editors' texts, null or missing if none; the fields above keep the publisher's texts. */
  edited?: Edited | null;
  /** Embargo and expiry set by an editor; null or missing if there are none. */
  times?: Times | null;
  /** When the embargo set by the article's source ends; null or missing if there is none. */
  embargoUntil?: Date | null;
  /** When to decide visibility again, for example after an embargo; null or missing if never. */
  visibilityChangesAt?: Date | null;
  /** Until when the article is at the top of its lists; null or missing if it isn't pinned. */
  pinnedUntil?: Date | null;
  completeness: Completeness;
  /** Null or missing if the article is complete or its page has not been fetched. */
  incompleteReason?: IncompleteReason | null;
  /** Completeness that the source requires for publication; null if `announced` is enough. */
  publish: Exclude<Completeness, "announced"> | null;
  /** Share of filled fields, weighted by their importance and confidence, 0 to 1. */
  fieldScore: number;
  /** Names of the reservations that apply to us. */
  reservations: string[];
  /** Usage signals that apply to us. */
  rights: UsageSignal[];
  duplicateOf: string | null;
  storyId: string;
  /** Null for an original text. */
  origin: Origin | null;
  firstSeenAt: Date;
  lastSeenAt: Date;
  /** When readers could first see the article; null if never. */
  servedAt: Date | null;
  /** The time of publication or, if unknown, of our first fetch; never in the future. */
  sortAt: Date;
  /** Day of `sortAt` in the portal's time zone. */
  day: string;
  canonVersion: number;
  /** Number of the current revision. It stays the same if a new version has the same content. */
  revision: number;
  /** Number, kind and reason of the current revision. */
  revised: RevisionMark;
  pending: PendingChange[];
  /**
   * When the last change in `pending` was made; missing if `pending` is empty. After an erasure or
   * a restore of a backup, it can be the time of an earlier change.
   */
  pendingAt?: Date;
}

/** A URL of an article. `_id` is the URL's key. */
export interface Alias {
  _id: string;
  articleId: string;
  url: string;
  kind: "self" | "canonical" | "redirect" | "amp" | "mobile" | "print" | "variant" | "page";
  at: Date;
}

/**
 * A text that is too long to be stored in its article and revisions. A stored text never changes.
 * `_id` is `<articleId>:<hash>`.
 */
export interface LongText {
  _id: string;
  articleId: string;
  text: string;
  html: string | null;
}

/**
 * A marker for erased or purged content, so that this content is never stored again. `_id` is the
 * key of one of the content's URLs.
 */
export interface Tombstone {
  _id: string;
  /** `erased`: on request; `purged`: its retention time passed or its source was deleted. */
  kind: "erased" | "purged";
  at: Date;
  /** The reason that `actor` gave. It must not name what was erased. */
  reason: string;
  /** Who removed the content: a user, or a part of Newsgather such as `retention`. */
  actor: string;
}
