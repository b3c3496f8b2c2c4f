import type { Derived } from "./derived.ts";
import type { Edited, Editorial, Times } from "./editorial.ts";
import type { Item } from "./item.ts";
import type { PlaceVerdict } from "./place.ts";
import type { Retraction } from "./retraction.ts";
import type { RevisionMark, RevisionTold } from "./revision.ts";
import type { SheetRead, Sheets } from "./sheet.ts";
import type { Origin } from "./story.ts";
import type { Timing } from "./timing.ts";
import type { Relevance, TopicVerdict } from "./topic.ts";

/** The picture that stands for an article; its URL is kept, never fetched or hot-linked. */
export interface Image {
  url: string;
  alt: string | null;
  caption: string | null;
  credit: string | null;
  width: number | null;
  height: number | null;
}

/** What an extractor reads from one page; `null` means absent. */
export interface ArticleFields {
  title: string | null;
  /** Body text, paragraphs separated by a blank line. */
  text: string | null;
  /** Body as allow-listed, sanitised HTML. */
  html: string | null;
  teaser: string | null;
  /** Persons. */
  authors: string[] | null;
  /** Organisations that sign the article; missing on articles stored before they were kept apart. */
  organisations?: string[] | null;
  publishedAt: Date | null;
  /** How exact `publishedAt` is: only a day, or an instant (with the zone stated or assumed). */
  publishedPrecision: "day" | "instant" | "assumed-zone" | null;
  /** Minutes east of UTC that the page states with `publishedAt`; null where it states no zone. */
  publishedOffset?: number | null;
  modifiedAt: Date | null;
  /** BCP 47 primary language, lower case. */
  language: string | null;
  section: string | null;
  tags: string[] | null;
  image: Image | null;
  siteName: string | null;
  canonicalUrl: string | null;
  isAccessibleForFree: boolean | null;
  wordCount: number | null;
}

export type FieldName = keyof ArticleFields;

/** Which rule gave a field, what it saw, and how sure it is (0 to 1). */
export interface Evidence {
  rule: string;
  seen: string | null;
  confidence: number;
  /** What was taken off the value afterwards, by which rule. */
  removed?: { rule: string; seen: string }[];
  /** Of a text: why it was taken for the article's, and all that could have been. */
  because?: string;
  candidates?: BodyCandidate[];
  /** Of a text that goes on over other pages: what became of each of them. */
  sheets?: SheetRead[];
  /** Of a language: witnesses that say something else than the verdict. */
  against?: { witness: LanguageWitness; says: string }[];
}

/** What could be an article's body: an element, several of them, or a text that the page carries for machines. */
export interface BodyCandidate {
  rule: string;
  seen: string | null;
  /** Characters of prose that it holds. */
  prose: number;
  /** Share of the text that was taken (of an element: of the larger one) that both have, 0 to 1. */
  agreement: number;
}

/** Who speaks for a language: the text's script or a detector, the page, the source's file or feed. */
export type LanguageWitness = "script" | "detected" | "declared" | "source";

export type PageKind =
  | "article"
  | "listing"
  | "home"
  | "error"
  | "login"
  | "paywall"
  | "consent"
  | "captcha"
  | "video"
  | "gallery"
  | "app-shell";

/** The answer of `extractors/`: fields, where each came from, and what kind of page it is. */
export interface Extraction {
  fields: ArticleFields;
  evidence: Partial<Record<FieldName, Evidence>>;
  page: {
    kind: PageKind;
    confidence: number;
    /** noindex, noarchive, nosnippet, tdm as stated in the markup; `no-tdm`: mining is left free. */
    reservations: string[];
    /** The page's AMP version, where it names one. */
    ampUrl: string | null;
    /** Its versions for phones and for print, where it names any. */
    variants?: { url: string; kind: "mobile" | "print" }[];
    /** Which page of its article it is, where it names others. */
    sheets?: Sheets;
    /** Why a file holds no article, in words: encrypted, broken, only pictures. */
    problem?: string;
  };
}

/** A change that a reader can see, waiting to be moved into `changes` by the sequencer. */
export interface PendingChange {
  version: number;
  kind: ChangeKind;
  before: Visible | null;
  item: Item;
  /** The revision that it brings; without one the article's text is as it was. */
  revision?: RevisionTold;
  at: Date;
}

export type ChangeKind = "created" | "updated" | "retracted" | "merged";

/** The fields that consumers filter by. */
export interface Visible {
  sourceId: string;
  country: string | null;
  language: string | null;
  topics: string[];
  /** ISO 3166-2; missing in changes written before it was told, as are `city` and `relevanceScore`. */
  region?: string | null;
  city?: string | null;
  relevanceScore?: number | null;
  status: ArticleStatus;
  /** Shown on the portal and counted: published and nobody's duplicate. */
  listed: boolean;
  day: string;
  /** What figures are made of; missing in changes written before it was told, and where nobody counts. */
  timing?: Timing;
}

/** `unlisted`: stored and findable by operators, not shown to readers; `Article.unlisted` says why. */
export type ArticleStatus = "published" | "unlisted" | "retracted";

/** Why an article is stored and not shown. */
export type UnlistedReason = "below relevance" | "waits for an editor" | "embargo" | "expired";

/** The current fields of one article. `_id` is the key of its first link and never moves. */
export interface Article extends ArticleFields {
  _id: string;
  version: number;
  sourceId: string;
  sourceVersion: number;
  /** The address that readers are sent to. */
  url: string;
  title: string;
  text: string;
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
  /** Of the run in which it was last read, see `model/trace.ts`; missing on articles stored before it was told. */
  traceId?: string;
  /** By which rules it was classified; missing on articles stored before it was told. */
  derived?: Partial<Derived>;
  evidence: Extraction["evidence"] & {
    byTopic?: TopicVerdict[];
    relevance?: Relevance;
    places?: PlaceVerdict;
  };
  /** What the stages said of fields that an editor has the word over; null or missing: nothing. */
  overruled?: { byTopic: TopicVerdict[] } | null;
  /** How far it is on its way to readers; missing where it was published by itself. */
  editorial?: Editorial | null;
  /** What editors wrote over its words; the fields above stay the publisher's. */
  edited?: Edited | null;
  /** Embargo and expiry by an editor. */
  times?: Times | null;
  /** Until when its source's embargo holds. */
  heldUntil?: Date | null;
  /** When its embargo or its time on the portal ends: then whether readers see it is decided again. */
  lapsesAt?: Date | null;
  /** Until when it stands first in the lists that it is in. */
  pinnedUntil?: Date | null;
  /** How completely it was read, 0 to 1; missing on articles stored before it was measured. */
  completeness?: number;
  /** What its publisher reserves and we keep to; missing on articles stored before it was. */
  reservations?: string[];
  duplicateOf: string | null;
  storyId: string;
  /** Whose text it took over; null for a text of its own, missing on articles placed before it was told. */
  origin?: Origin | null;
  firstSeenAt: Date;
  lastSeenAt: Date;
  /** When readers could first see it; null where they never could, missing on articles stored before it was told. */
  servedAt?: Date | null;
  /** Order on the portal: publishedAt, else firstSeenAt; never in the future. */
  sortAt: Date;
  /** Day of `sortAt` in the portal's time zone. */
  day: string;
  canonVersion: number;
  /** Revision number; grows only when the content changed. */
  revision: number;
  /** What the current revision is; missing on articles stored before it was told. */
  revised?: RevisionMark;
  pending: PendingChange[];
  /** Set while `pending` is not empty: what the sequencer looks for. */
  pendingAt?: Date;
}
