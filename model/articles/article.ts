import type { UsageSignal } from "../usage-rights.ts";
import type { Derived, PlaceVerdict, Relevance, TopicVerdict } from "./classification.ts";
import type { ArticleStatus, Edited, Editorial, Retraction, Times } from "./editorial.ts";
import type { Extraction } from "./extraction.ts";
import type { ArticleFields } from "./fields.ts";
import type { Completeness, IncompleteReason, Item, Visible } from "./item.ts";
import type { PublicRevision, RevisionMark } from "./revision.ts";
import type { Origin } from "./story.ts";

/** A change to an article that the sequencer hasn't moved into the change stream yet. */
export interface PendingChange {
  version: number;
  kind: ChangeKind;
  before: Visible | null;
  item: Item;
  /** The revision that the change adds; missing if it adds none. */
  revision?: PublicRevision;
  /**
   * Set if the publisher permits less for this version than for the previous one: shorter excerpts,
   * no image or no quotes.
   */
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
  /**
   * Id of the document in the collection `texts` with the whole text and HTML; `text` is then only
   * the beginning. Null or missing if `text` is whole.
   */
  longText?: string | null;
  /**
   * The place that is shown before the title, such as `CC: Region: `; empty if the place is
   * unknown.
   */
  prefix: string;
  country: string | null;
  /** English name of the first-level region; null if it is unknown. */
  region: string | null;
  /**
   * ISO 3166-2 code of the region; null if the code is unknown, missing on articles that predate
   * this field.
   */
  regionCode?: string | null;
  city?: string | null;
  topics: string[];
  /** Relevance for the portal, 0 to 1; null or missing if it was never computed. */
  relevanceScore?: number | null;
  status: ArticleStatus;
  /** Why the article is unlisted; null or missing if it isn't unlisted. */
  unlisted?: { reason: UnlistedReason; detail: string; at: Date } | null;
  /** Why the article is retracted; null or missing if it isn't retracted. */
  retraction?: Retraction | null;
  /**
   * Hash of title and text without their layout, such as white space. Different hashes don't prove
   * that the publisher changed the article: the extraction rules might have changed instead.
   */
  contentHash: string;
  captureId: string;
  extractor: string;
  /**
   * Trace id of the run that last read the article (see `traceIdOf` in `model/crawl/run.ts`);
   * missing on articles that predate this field.
   */
  traceId?: string;
  /**
   * Versions of the rules that classified the article; missing on articles that predate this field.
   */
  derived?: Partial<Derived>;
  evidence: Extraction["evidence"] & {
    byTopic?: TopicVerdict[];
    relevance?: Relevance;
    places?: PlaceVerdict;
  };
  /**
   * The topics that the rules found, stored while an editor's correction of the topics applies;
   * otherwise null or missing.
   */
  overruled?: { byTopic: TopicVerdict[] } | null;
  /**
   * The article's editorial state; null or missing if its initial state was `published` and no
   * editor has set the state.
   */
  editorial?: Editorial | null;
  /**
   * Texts that editors wrote; null or missing if there are none. The fields above keep the
   * publisher's texts.
   */
  edited?: Edited | null;
  /** Embargo and expiry set by an editor; null or missing if there are none. */
  times?: Times | null;
  /** When the embargo set by the article's source ends; null or missing if there is none. */
  embargoUntil?: Date | null;
  /**
   * The next time at which the article's visibility must be decided again, because an embargo or a
   * pin ends, or because the article expires or becomes unavailable. Null or missing if there is no
   * such time.
   */
  visibilityChangesAt?: Date | null;
  /**
   * Time until which the article is at the top of the lists that contain it; null or missing if it
   * isn't pinned.
   */
  pinnedUntil?: Date | null;
  completeness: Completeness;
  /**
   * Why the article is incomplete; null or missing if it is complete or its page has not been
   * fetched.
   */
  incompleteReason?: IncompleteReason | null;
  /**
   * The minimum completeness that the article's source requires for publication; missing if an
   * announcement is enough.
   */
  publish?: Exclude<Completeness, "announced">;
  /**
   * Share of the fields that have a value, weighted by their importance and by the confidence in
   * the values, 0 to 1; missing on articles that predate this field.
   */
  fieldScore?: number;
  /**
   * Names of the publisher's reservations that apply to us; missing on articles that predate this
   * field.
   */
  reservations?: string[];
  /**
   * The publisher's usage signals that apply to us; missing on articles that predate this field.
   */
  rights?: UsageSignal[];
  duplicateOf: string | null;
  storyId: string;
  /**
   * The source of the earliest article with the same text, and how many seconds later this article
   * appeared; null for an original text, missing on articles that predate this field.
   */
  origin?: Origin | null;
  firstSeenAt: Date;
  lastSeenAt: Date;
  /**
   * When readers could first see the article; null if they never could, missing on articles that
   * predate this field.
   */
  servedAt?: Date | null;
  /**
   * The time by which the portal sorts the article: when it was published or, if that is unknown,
   * when we first fetched it; never in the future.
   */
  sortAt: Date;
  /** Day of `sortAt` in the portal's time zone. */
  day: string;
  canonVersion: number;
  /** Number of the current revision. It stays the same if a new version has the same content. */
  revision: number;
  /**
   * Number and kind of the current revision, and why it has that kind; missing on articles that
   * predate this field.
   */
  revised?: RevisionMark;
  pending: PendingChange[];
  /**
   * When the latest change in `pending` was made; missing if `pending` is empty. The sequencer uses
   * this field to find articles with pending changes.
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
  /**
   * `erased`: somebody requested the removal; `purged`: its retention time had passed, or its
   * source was deleted.
   */
  kind: "erased" | "purged";
  at: Date;
  /** The reason as `actor` wrote it. It never names what was erased. */
  reason: string;
  /** Who removed the content: a user, or a part of Newsgather such as `retention`. */
  actor: string;
}
