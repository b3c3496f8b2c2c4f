import type { EntryPointKind } from "./entry-points.ts";
import type { Cause } from "./failure.ts";
import type { SkipReason } from "./skipped.ts";

export type LinkKind = EntryPointKind | "article";
export type Lane = "http" | "browser";
export type LinkState = "due" | "done" | "skipped" | "dead-letter";

/** The words of an entry point about an article, before it is fetched. */
export interface Hints {
  title?: string;
  teaser?: string;
  authors?: string[];
  publishedAt?: Date;
  modifiedAt?: Date;
  language?: string;
  tags?: string[];
  /** The text in a feed, its paragraphs separated by a blank line; not stored. */
  contentText?: string;
  guid?: string;
  /** Address of its picture. */
  image?: string;
}

/**
 * What an entry point said of an article beside its hints: with them it is published where its page doesn't come. It is
 * kept until the page has come.
 */
export interface Announcement {
  /** The response that said it, and its time. */
  captureId: string;
  seenAt: Date;
  kind: EntryPointKind;
  /** The text that it carried, paragraphs apart by a blank line. */
  text?: string;
}

/** A redirect that was followed: the address asked, its status and where it pointed. */
export interface Hop {
  url: string;
  status: number;
  location: string;
}

/** Validators echoed byte for byte in a conditional GET. */
export interface Validators {
  etag?: string;
  lastModified?: string;
}

/** The links that an entry point named at its last fetch. */
export interface ListedEntries {
  /** Hash of the keys and titles of all links. */
  digest: string;
  /** The first entries in the document's order; see `crawler/links/contradictions.ts`. */
  entries: string[];
}

/** How a server's word that nothing changed has stood so far. */
interface Audits {
  /** Requests without validators in a row that found what it had said. */
  passed: number;
  /** The last one found other content: the validators are older than that, and sent once more. */
  doubted: boolean;
}

/** The revisits of an article so far. */
export interface RevisitCounts {
  /** Looks after the first one. */
  made: number;
  /** Looks in a row that found no change. */
  unchanged: number;
  /** Looks that found one. */
  changes: number;
  /** Since when the content is as it is: the last change, else the publication. */
  since: Date;
  /** The step of the schedule that the next look is; null when none is planned. */
  step: number | null;
}

/** A turn's claim on a link. */
export interface Claim {
  token: string;
  turn: number;
  at: Date;
  /** The process that the turn is of; missing when an earlier version claimed it. */
  worker?: string;
  /** Set once that process is known to be lost, and what it cost the link is counted. */
  lost?: true;
}

/** How many worker processes ended; `faults` of them by themselves, or since they had to be replaced. */
interface Losses {
  all: number;
  faults: number;
}

/** A URL to fetch. `_id` is the key of its canonical URL. */
export interface Link {
  _id: string;
  /** The address to ask next: the found one, or where redirects led so far. */
  url: string;
  /** The address as it was found. */
  foundUrl: string;
  host: string;
  sourceId: string;
  kind: LinkKind;
  lane: Lane;
  state: LinkState;
  /** When it may be fetched; only `due` links have one. */
  dueAt: Date | null;
  /** The run that last asked for it. */
  runId: string;
  /** The link that named it; null for entry points. */
  parentId: string | null;
  /** Page number of a listing, depth of a sitemap; 1 for entry points. */
  page: number;
  /** Tries since it was last done, counted before the fetch. */
  attempts: number;
  /** Who is at it: a lost worker's claim no longer matches, so it can't overwrite newer work. */
  claim: Claim | null;
  /** Worker processes that ended while they worked on it, since the last one that finished it. */
  losses?: Losses | null;
  hops: Hop[];
  hints: Hints;
  validators: Validators;
  /** Conditional GETs answered with 304 in a row; a forced full GET resets it. */
  notModified: number;
  /** How such a forced GET compared; missing until there was one. */
  audits?: Audits;
  /** Missing until an entry point was read. */
  listed?: ListedEntries;
  reason: SkipReason | Cause | null;
  detail: string | null;
  captureId: string | null;
  /** The article that this link led to. */
  articleId: string | null;
  /** Set where it is a further page of the article that another link leads to; its number there. */
  articlePageOf?: { linkId: string; number: number } | null;
  /** Keys of the further pages of its article. */
  articlePages?: readonly string[];
  /**
   * What the last fetch brought: a new article, a new one that copies another, a changed or an
   * unchanged one, or a duplicate: another address of an article.
   */
  outcome: "new" | "copy" | "updated" | "unchanged" | "duplicate" | null;
  firstSeenAt: Date;
  doneAt: Date | null;
  /** Looks at an article after the first one; missing until there is an article. */
  revisits?: RevisitCounts;
  /** Responses that it is gone, in a row; null after any other response. */
  gone?: Gone | null;
  /** What is published of it until its page comes; null or missing for nothing. */
  announcement?: Announcement | null;
  /** When that is published, or updated; set while it has to be. */
  announceAt?: Date | null;
  /** When the article is fetched again; it isn't due before. */
  nextFetchAt?: Date | null;
  /** Set where no entry point of its source named it: the URL or archive that did, and whether it is counted as announced yet. */
  witness?: { name: string; isCounted: boolean };
}

/** 404 and 410 answers at an article's address in a row. */
export interface Gone {
  count: number;
  firstAt: Date;
  lastAt: Date;
}

/** A link that an entry point named, with what it said of it. */
export interface FoundLink {
  /** Absolute address, as found (tracking parameters still on it). */
  url: string;
  kind: LinkKind;
  /** Page number of a listing, depth of a sitemap. */
  page: number;
  hints: Hints;
}

/** The answer of `discover/` for one stored capture of an entry point. */
export interface Discovery {
  links: FoundLink[];
  /** Links that were seen and left out, each with its reason. */
  skipped: { url: string; reason: SkipReason; detail: string | null }[];
  /** Oddities, in words, e.g. "broken XML repaired after item 12". */
  problems: string[];
  /** Milliseconds for which the feed asks not to be fetched again (ttl, sy:updatePeriod). */
  ttl: number | null;
  /** Hub and self of a feed that offers WebSub. */
  hub: { url: string; self: string } | null;
  /** URLs in the order of the document, where the links aren't. */
  order?: string[];
  /** The links, for comparison with the next fetch. */
  listed?: ListedEntries;
}
