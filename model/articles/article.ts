import type { UsageSignal } from "../usage-rights.ts";
import type { Derived, PlaceVerdict, Relevance, TopicVerdict } from "./classification.ts";
import type { ArticleStatus, Edited, Editorial, Retraction, Times } from "./editorial.ts";
import type { Extraction } from "./extraction.ts";
import type { ArticleFields } from "./fields.ts";
import type { Completeness, IncompleteReason, Item, Visible } from "./item.ts";
import type { PublicRevision, RevisionMark } from "./revision.ts";
import type { Origin } from "./story.ts";

/** A change that readers can see and that the sequencer has not moved into `changes` yet. */
export interface PendingChange {
  version: number;
  kind: ChangeKind;
  before: Visible | null;
  item: Item;
  /** The revision that the change adds; missing if it adds none. */
  revision?: PublicRevision;
  /** Set if the publisher reserves something that it didn't reserve for the previous version. */
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
  /** The URL to which readers are sent. */
  url: string;
  title: string;
  text: string;
  /**
   * Id of the document in `texts` with the whole text and HTML; `text` then has only the beginning. Null or missing
   * if `text` is whole.
   */
  longText?: string | null;
  /** Shown before the title, such as `CC: Region: `; empty if the place is unknown. */
  prefix: string;
  country: string | null;
  /** English name of the first-level region; null if it is unknown. */
  region: string | null;
  /** ISO 3166-2 code of the region; null if it is unknown, missing on articles that predate this field. */
  regionCode?: string | null;
  city?: string | null;
  topics: string[];
  /** Relevance for the portal, 0 to 1; null or missing if it was never computed. */
  relevanceScore?: number | null;
  status: ArticleStatus;
  /** Why the article is unlisted; null or missing if it isn't. */
  unlisted?: { reason: UnlistedReason; detail: string; at: Date } | null;
  /** Why the article is retracted; null or missing if it isn't. */
  retraction?: Retraction | null;
  /** Hash of title and text. Equal hashes mean that both are unchanged; different hashes can come from noise alone. */
  contentHash: string;
  captureId: string;
  extractor: string;
  /**
   * Trace of the run that last read the article, see `model/crawl/run.ts`; missing on articles that predate this
   * field.
   */
  traceId?: string;
  /** Versions of the rules that classified the article; missing on articles that predate this field. */
  derived?: Partial<Derived>;
  evidence: Extraction["evidence"] & {
    byTopic?: TopicVerdict[];
    relevance?: Relevance;
    places?: PlaceVerdict;
  };
  /** What the pipeline found for fields that an editor has corrected; null or missing if there are none. */
  overruled?: { byTopic: TopicVerdict[] } | null;
  /** The article's editorial state; null or missing if it was published automatically. */
  editorial?: Editorial | null;
  /** Texts that editors wrote; null or missing if there are none. The fields above remain the publisher's. */
  edited?: Edited | null;
  /** Embargo and expiry set by an editor; null or missing if there are none. */
  times?: Times | null;
  /** When the embargo set by the article's source ends; null or missing if there is none. */
  embargoUntil?: Date | null;
  /**
   * When the article's embargo ends or the article expires, so that its visibility must be decided again; null or
   * missing if no change is ahead.
   */
  visibilityChangesAt?: Date | null;
  /** When the article stops being pinned to the top of its lists; null or missing if it isn't pinned. */
  pinnedUntil?: Date | null;
  completeness: Completeness;
  /** Why the article is incomplete; null or missing if it is complete or the reason isn't known yet. */
  incompleteReason?: IncompleteReason | null;
  /**
   * The minimum completeness that the article's source requires for publication; missing if an
   * announcement is enough.
   */
  publish?: Exclude<Completeness, "announced">;
  /**
   * Field score: completeness and confidence of the fields, 0 to 1; missing on articles stored
   * before it was computed.
   */
  fieldScore?: number;
  /** The reservations that apply to us; missing on articles that predate this field. */
  reservations?: string[];
  /** The signals that apply to us, with where and when they were found; missing if there are none. */
  rights?: UsageSignal[];
  duplicateOf: string | null;
  storyId: string;
  /**
   * The source of the earliest article with the same text; null for an original, missing on articles that predate
   * this field.
   */
  origin?: Origin | null;
  firstSeenAt: Date;
  lastSeenAt: Date;
  /**
   * When readers could first see the article; null if they never could, missing on articles that predate this
   * field.
   */
  servedAt?: Date | null;
  /**
   * The time by which the portal sorts the article: `publishedAt`, or else `firstSeenAt`; never in
   * the future.
   */
  sortAt: Date;
  /** Day of `sortAt` in the portal's time zone. */
  day: string;
  canonVersion: number;
  /** Revision number; increases only when the content changes. */
  revision: number;
  /** Kind and reason of the current revision; missing on articles that predate this field. */
  revised?: RevisionMark;
  pending: PendingChange[];
  /** Set while `pending` is not empty; the sequencer finds articles by it. */
  pendingAt?: Date;
}

/** Another URL of an article. `_id` is the URL's key. */
export interface Alias {
  _id: string;
  articleId: string;
  url: string;
  kind: "self" | "canonical" | "redirect" | "amp" | "mobile" | "print" | "variant" | "page";
  at: Date;
}

/** A text that is too long for its article and revisions. `_id` is `<articleId>:<hash>`; it never changes. */
export interface LongText {
  _id: string;
  articleId: string;
  text: string;
  html: string | null;
}

/**
 * The remains of something erased or purged, so that it is never fetched or stored again. `_id` is a URL key, and so
 * also the id of the article whose first link has this URL.
 */
export interface Tombstone {
  _id: string;
  /**
   * Why only this remains. `erased`: somebody requested that the rest be removed; `purged`: the
   * retention time has passed.
   */
  kind: "erased" | "purged";
  at: Date;
  /** The reason as `actor` wrote it. It never names what was erased. */
  reason: string;
  /** The user, or the part of Newsgather, that removed the article. */
  actor: string;
}
