import type { Charset } from "./charset.ts";
import type { Edit, Paragraph, Text } from "./text.ts";

/** How articles are announced. */
export type Entry =
  | "rss"
  | "rss-full"
  | "rss-broken"
  | "rss1"
  | "atom"
  | "json"
  | "news-sitemap"
  | "listing";

export type Template = "classic" | "magazine" | "tables" | "cms" | "blog" | "portal" | "shell";

/** Where a page says its date; `time-day` and `text` know the day only. */
export type DateIn = "jsonld" | "meta" | "time" | "time-day" | "text";

/** What is odd about one article's address or answer; the article itself is fine. */
export type Quirk =
  | { slug: string; kind: "tracking" | "amp" | "moved" | "slow" | "busy" | "flaky" | "pdf" }
  /** Over three pages; `form` stands before a page's number in its address. */
  | { slug: string; kind: "sheets"; form: "?seite=" | "/" }
  | { slug: string; kind: "short-link"; host: string; path: string }
  | { slug: string; kind: "corrected"; edit: Edit };

/** A link that is announced but brings no article. */
export interface Decoy {
  kind: "missing" | "gone" | "endless" | "consent" | "advert" | "forbidden";
  title: string;
  path: string;
  /** For an advert: another site. */
  host?: string;
}

/** A copy of a text that another site published first. */
export interface WireCopy {
  /** Source id of the origin. */
  of: string;
  slug: string;
  edit: Edit;
}

/** One sample site, as declared. */
export interface SiteSpec {
  id: string;
  name: string;
  host: string;
  language: string;
  country: string;
  region?: string;
  topics: string[];
  /** IANA time zone of its dates. */
  zone: string;
  entry: Entry;
  template: Template;
  dateIn: DateIn;
  charset?: Charset;
  /** Where the charset is declared; pages only. */
  charsetIn?: "header" | "meta";
  /** Address of an article on the site, from its slug and number. */
  path: (slug: string, number: number) => string;
  /** Text of robots.txt; null: there is none (404). */
  robots: string | null;
  delayMs: number;
  concurrency?: number;
  render?: "http" | "auto";
  /** The declaration leaves the language out, so it has to be found out. */
  hideLanguage?: boolean;
  texts: Text[];
  copies?: WireCopy[];
  quirks?: Quirk[];
  decoys?: Decoy[];
}

/** An article in its place: dated, with its addresses. */
export interface Placed {
  slug: string;
  title: string;
  author: string;
  paragraphs: Paragraph[];
  path: string;
  url: string;
  publishedAt: Date;
  modifiedAt: Date | null;
  duplicateOf: string | null;
  /** Other addresses, absolute. */
  variants: string[];
  ampUrl: string | null;
  quirk: Quirk | null;
}

/** An answer of a site. */
export interface Reply {
  status: number;
  headers: Record<string, string>;
  body: string | Uint8Array;
  /** ms to wait before answering. */
  delayMs?: number;
  /** Sends more and more and never ends. */
  endless?: boolean;
}

/** A site that answers: `reply` gets the path with its query, and how often it was asked, from 1. */
export interface Site {
  host: string;
  delayMs: number;
  concurrency: number;
  reply(path: string, visit: number): Reply | null;
}
