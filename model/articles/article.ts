import type { UsageSignal } from "../usage-rights.ts";
import type { Derived, PlaceVerdict, Relevance, TopicVerdict } from "./classification.ts";
import type { ArticleStatus, Edited, Editorial, Retraction, Times } from "./editorial.ts";
import type { Extraction } from "./extraction.ts";
import type { ArticleFields } from "./fields.ts";
import type { Completeness, IncompleteReason, Item, Visible } from "./item.ts";
import type { PublicRevision, RevisionMark } from "./revision.ts";
import type { Origin } from "./story.ts";

/** A change that a reader can see, waiting to be moved into `changes` by the sequencer. */
export interface PendingChange {
  version: number;
  kind: ChangeKind;
  before: Visible | null;
  item: Item;
  /** The revision that it brings; without one the article's text is as it was. */
  revision?: PublicRevision;
  /** Its publisher reserves something that the version before left free. */
  reserves?: true;
  at: Date;
}

export type ChangeKind = "created" | "updated" | "retracted" | "merged";

/** Why an article is stored and not shown. */
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
  /** The address that readers are sent to. */
  url: string;
  title: string;
  text: string;
  /** Id of the document in `texts` with the whole text and markup; `text` is then its beginning. Null or missing: `text` is whole. */
  longText?: string | null;
  /** `CC: Region: `, shown before the title; empty when the place is unknown. */
  prefix: string;
  country: string | null;
  /** First-level region, in English. */
  region: string | null;
  /** ISO 3166-2; missing on articles stored before places were read. */
  regionCode?: string | null;
  city?: string | null;
  topics: string[];
  /** How much it belongs on the portal, 0 to 1; missing on articles stored before lists were narrowed by it. */
  relevanceScore?: number | null;
  status: ArticleStatus;
  /** Set while the article is unlisted. */
  unlisted?: { reason: UnlistedReason; detail: string; at: Date } | null;
  /** Set while the article is retracted. */
  retraction?: Retraction | null;
  /** Hash of title and text: equal means unchanged; where it differs, only noise may have. */
  contentHash: string;
  captureId: string;
  extractor: string;
  /** Trace of the run that last read it, see `model/trace.ts`; missing on older articles. */
  traceId?: string;
  /** Versions of the rules that classified it; missing on older articles. */
  derived?: Partial<Derived>;
  evidence: Extraction["evidence"] & {
    byTopic?: TopicVerdict[];
    relevance?: Relevance;
    places?: PlaceVerdict;
  };
  /** What the stages said of fields that an editor has the word over; null or missing: nothing. */
  overruled?: { byTopic: TopicVerdict[] } | null;
  /** How far it is on its way to readers; missing when it was published by itself. */
  editorial?: Editorial | null;
  /** What editors wrote over its words; the fields above stay the publisher's. */
  edited?: Edited | null;
  /** Embargo and expiry by an editor. */
  times?: Times | null;
  /** Until when its source's embargo holds. */
  embargoUntil?: Date | null;
  /** When its embargo or its time on the portal ends: then whether readers see it is decided again. */
  visibilityChangesAt?: Date | null;
  /** Until when it is first in its lists. */
  pinnedUntil?: Date | null;
  completeness: Completeness;
  /** Why the article isn't full; null or missing when it is, or when the reason isn't known yet. */
  incompleteReason?: IncompleteReason | null;
  /** The least that its source wants to be published; missing when that is an announcement. */
  publish?: Exclude<Completeness, "announced">;
  /** Completeness and confidence of its fields, 0 to 1; missing on articles stored before it was measured. */
  fieldScore?: number;
  /** The reservations that we respect; missing on older articles. */
  reservations?: string[];
  /** Reservations that hold for us, with where and when they were found; missing when there are none. */
  rights?: UsageSignal[];
  duplicateOf: string | null;
  storyId: string;
  /** The earlier article with the same text; null for an original, missing on older articles. */
  origin?: Origin | null;
  firstSeenAt: Date;
  lastSeenAt: Date;
  /** When readers could first see it; null when they never could, missing on older articles. */
  servedAt?: Date | null;
  /** Order on the portal: publishedAt, else firstSeenAt; never in the future. */
  sortAt: Date;
  /** Day of `sortAt` in the portal's time zone. */
  day: string;
  canonVersion: number;
  /** Revision number; grows only when the content changed. */
  revision: number;
  /** Kind and reason of the current revision; missing on older articles. */
  revised?: RevisionMark;
  pending: PendingChange[];
  /** Set while `pending` is not empty: what the sequencer looks for. */
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
 * What is left of something erased or purged, so that it is never fetched or stored again. `_id` is the key of
 * a URL, and so also the id of the article that has this URL as its first link.
 */
export interface Tombstone {
  _id: string;
  /** `erased`: at somebody's request, nothing may remain; `purged`: its keeping time is over. */
  kind: "erased" | "purged";
  at: Date;
  /** As written by `actor`; never names what was erased. */
  reason: string;
  /** The user, or the part of Newsgather, that did it. */
  actor: string;
}
