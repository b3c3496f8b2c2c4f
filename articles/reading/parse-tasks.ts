import type { Received } from "../../crawler/http/received.ts";
import type { PageSources } from "../../crawler/rights/page-signals.ts";
import type { Keyed } from "../../extractors/boilerplate/drop.ts";
import type { HighlightRequest } from "../../extractors/dom/highlight.ts";
import type { ArticlePage, Extraction } from "../../model/articles/extraction.ts";
import type { Features } from "../../model/articles/fingerprint.ts";
import {
  type EntryPointField,
  type EntryPointKind,
  pickEntryPoints,
} from "../../model/crawl/entry-points.ts";
import type { Discovery, Hints } from "../../model/crawl/link.ts";
import type { PickerField } from "../../model/sources/selector-picker.ts";
import type { SourceRecord } from "../../model/sources/source.ts";
import type { UsageSignal } from "../../model/usage-rights.ts";
import type { Classification } from "../classify/classify.ts";

/** What parser threads need of a source. */
export type SourceView = Pick<
  SourceRecord,
  | "_id"
  | "home"
  | EntryPointField
  | "include"
  | "exclude"
  | "allowHosts"
  | "select"
  | "language"
  | "country"
  | "region"
  | "topics"
  | "keepTopics"
  | "trust"
  | "relevance"
  | "rights"
> & {
  /** What marks pages that come without the source's login. */
  signedOut?: string | undefined;
  /** The source has an account, so a page shows all there is. */
  hasLogin?: boolean;
};

interface Page {
  body: Uint8Array;
  contentType: string | null;
  /** URL of the body, after redirects. */
  url: string;
  source: SourceView;
  now: Date;
  /** The thread sets it to 1 when it begins. */
  begun?: Int32Array;
}

/** Reads an article page. */
export interface ExtractTask extends Page {
  task: "extract";
  hints: Hints;
  /** Keys of paragraphs that the source repeats on many articles. */
  boilerplate?: string[];
  /** Its reservations outside its markup, or all of them as stored when it was read before. */
  rights?: Omit<PageSources, "declared"> | { signals: UsageSignal[] };
  /** Further pages of the article, to be read as one with it. */
  articlePages?: readonly StoredArticlePage[];
}

/** A stored page of an article over several pages. */
export interface StoredArticlePage extends ArticlePage, Pick<Page, "body" | "contentType" | "now"> {
  captureId: string;
}

/** Reads an entry point. */
export interface DiscoverTask extends Page {
  task: "discover";
  kind: EntryPointKind;
  page: number;
  /** Whether we trust the ids of a feed's entries. */
  trustsIds?: boolean;
}

/** Reads what entry points said of articles whose pages haven't come. */
export interface AnnounceTask extends Pick<Page, "begun"> {
  task: "announce";
  items: readonly AnnouncedItem[];
}

/** One article as it was announced. */
export interface AnnouncedItem extends Pick<Page, "source"> {
  hints: Hints;
  text?: string | undefined;
  /** When it was seen. */
  seenAt: Date;
  /** The known reservations. */
  signals: UsageSignal[];
}

/** Reads a document of a site that isn't a source yet, by what it is. */
export interface SitePageTask extends Omit<Page, "source"> {
  task: "sitePage";
  home: string;
  /** Level of a sitemap, from 1. */
  page: number;
}

/** Looks for a field on a page that an operator points at. */
export interface PointTask extends Omit<Page, "source"> {
  task: "point";
  field: PickerField;
  /** Place of the element pointed at; null looks for elements that may be meant. */
  at: number | null;
  /** Selectors to read the page by. */
  selectors: readonly string[];
  language: string | null;
}

/** Numbers every element of a page, so that a click can name one. */
export interface NumberElementsTask extends Omit<Page, "source" | "now"> {
  task: "number-elements";
}

/** Marks texts in a page, so that an operator sees where a field comes from. */
export interface HighlightTask extends Omit<Page, "source" | "now">, HighlightRequest {
  task: "highlight";
}

/** What a parser thread is given. */
export type ParseTask =
  | ExtractTask
  | AnnounceTask
  | DiscoverTask
  | SitePageTask
  | PointTask
  | NumberElementsTask
  | HighlightTask;

/** All that is derived from one article page. */
export interface Extracted {
  extraction: Extraction;
  /** Articles of other sites that it links to. */
  mentions?: string[];
  /** The publisher's own words for having taken the article back. */
  withdrawn?: string;
  /** It has the mark of pages that come without the source's login. */
  signedOut?: boolean;
  /** How long it took to classify the article, s; undefined when there is none. */
  classifySeconds?: number;
  /** null unless the page holds an article with title and text. */
  article: {
    classified: Classification;
    fingerprint: Features;
    /** What may be boilerplate of the source, before any was removed. */
    paragraphs?: Keyed[];
    /** Keys of those that were known as boilerplate. */
    without?: string[];
  } | null;
}

/** All that is derived from one entry point. */
export interface Discovered {
  discovery: Discovery;
  /** The page is a script application whose list only a browser sees. */
  appShell: boolean;
  /** As in `Extracted`. */
  signedOut?: boolean;
}

/** The source's part that parsers see, small enough to be copied to a thread for each page. */
export function sourceView(source: SourceRecord): SourceView {
  const { _id, home, include, exclude, allowHosts } = source;
  const { select, language, country, region, topics, keepTopics, trust, relevance, rights } =
    source;
  const place = { language, country, region, topics, keepTopics, trust, relevance, rights };
  const signedOut = source.login?.signedOut;
  return {
    _id,
    home,
    ...pickEntryPoints(source),
    include,
    exclude,
    allowHosts,
    select,
    ...place,
    signedOut,
    ...(source.login && { hasLogin: true }),
  };
}

/** Returns the task of a parser thread for a page. */
export function pageOf(source: SourceRecord, received: Received, now: Date): Page {
  return {
    body: received.decoded,
    contentType: received.headers["content-type"] ?? null,
    url: received.url,
    source: sourceView(source),
    now,
  };
}
