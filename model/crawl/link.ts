import type { UsageSignal } from "../usage-rights.ts";
import type { EntryPointKind } from "./entry-points.ts";
import type { Cause } from "./failure.ts";
import type { SkipReason } from "./skipped.ts";

export type LinkKind = EntryPointKind | "article";
export type Lane = "http" | "browser";
export type LinkState = "due" | "done" | "skipped" | "dead-letter";

/** What an entry point says about an article before its page is fetched. */
export interface Hints {
  title?: string;
  teaser?: string;
  authors?: string[];
  publishedAt?: Date;
  modifiedAt?: Date;
  language?: string;
  tags?: string[];
  /** The text in a feed, with blank lines between paragraphs; not stored. */
  contentText?: string;
  guid?: string;
  /** URL of the article's image. */
  image?: string;
  /** What the licence in a feed says about the use of the article; missing if there is none. */
  usage?: UsageSignal[];
}

/**
 * What an entry point says about an article besides its hints. If the page can't be fetched, the article is
 * published from both. The announcement is kept until the page has been stored.
 */
export interface Announcement {
  /** The response that contained the announcement; `seenAt` says when. */
  captureId: string;
  seenAt: Date;
  kind: EntryPointKind;
  /** The text in the announcement, with blank lines between paragraphs. */
  text?: string;
}

/** A followed redirect: the requested URL, the status and the target. */
export interface Hop {
  url: string;
  status: number;
  location: string;
}

/** Validators, sent back byte for byte in a conditional GET. */
export interface Validators {
  etag?: string;
  lastModified?: string;
}

/** The links in an entry point at its last fetch. */
export interface ListedEntries {
  /** Hash of the keys and titles of all links. */
  digest: string;
  /** The first entries in document order; see `crawler/links/contradictions.ts`. */
  entries: string[];
}

/** How a server's "not modified" answers compared with the actual content. */
interface Audits {
  /**
   * Number of consecutive requests without validators whose result confirmed the "not modified"
   * answers.
   */
  passed: number;
  /**
   * Set if the last request without validators found other content and other validators. The old
   * validators are then sent once more, and a 304 to them proves that they are unreliable.
   */
  doubted: boolean;
}

/** The revisits of an article so far. */
export interface RevisitCounts {
  made: number;
  /** Number of consecutive revisits without a change. */
  unchanged: number;
  /** Number of revisits that found a change. */
  changes: number;
  /** Time of the last change, or else of publication. */
  since: Date;
  /** Step of the schedule for the next revisit; null if none is planned. */
  step: number | null;
}

/** A host turn's claim on a link. */
export interface Claim {
  token: string;
  turn: number;
  at: Date;
  /** When Redis first knew the host of the turn's slot, epoch ms; missing if the turn had no slot. */
  knownSince?: number;
  /** The process of the turn; missing if an earlier version made the claim. */
  worker?: string;
  /** Set once the claim's process is known to be lost and the loss was counted for the link. */
  lost?: true;
}

/** How many worker processes ended; `faults` of them crashed or had to be replaced. */
interface Losses {
  all: number;
  faults: number;
}

/** A URL to fetch. `_id` is the key of its canonical URL. */
export interface Link {
  _id: string;
  /** The URL to request next: the one that was found, or the latest redirect target. */
  url: string;
  /** The URL as it was found. */
  foundUrl: string;
  host: string;
  sourceId: string;
  kind: LinkKind;
  lane: Lane;
  state: LinkState;
  /** The earliest time of the next fetch; null unless the link is `due`. */
  dueAt: Date | null;
  /** The run that last requested the link. */
  runId: string;
  /** The link of the page where this one was found; null for entry points. */
  parentId: string | null;
  /** Page number of a listing or depth of a sitemap; 1 for entry points. */
  page: number;
  /** Number of attempts since the link was last done, counted before each fetch. */
  attempts: number;
  /**
   * The current claim; null if no turn works on the link. The claim of a lost worker no longer matches, so that
   * worker can't overwrite newer work.
   */
  claim: Claim | null;
  /**
   * Counts of worker processes that ended while they worked on the link, since it was last
   * finished.
   */
  losses?: Losses | null;
  hops: Hop[];
  hints: Hints;
  validators: Validators;
  /**
   * Number of consecutive conditional GETs that were answered with 304; an unconditional GET resets
   * it to 0.
   */
  notModified: number;
  /** How unconditional GETs compared with the 304s; missing until the first comparison. */
  audits?: Audits;
  /** The links that the entry point listed when last read; missing until then, and for articles. */
  listed?: ListedEntries;
  reason: SkipReason | Cause | null;
  detail: string | null;
  captureId: string | null;
  /** Id of the article that was found at this link; null if there is none. */
  articleId: string | null;
  /** For a further page of an article: the article's link, and the page number. Null or missing for other links. */
  articlePageOf?: { linkId: string; number: number } | null;
  /** Keys of the further pages of the link's article; missing if there are none. */
  articlePages?: readonly string[];
  /**
   * The result of the last fetch: an article that is new, a copy of another, changed or unchanged; or a duplicate,
   * which is another URL of a known article. Null until then.
   */
  outcome: "new" | "copy" | "updated" | "unchanged" | "duplicate" | null;
  firstSeenAt: Date;
  doneAt: Date | null;
  /** The revisits of the link's article; missing until there is an article. */
  revisits?: RevisitCounts;
  /** The consecutive 404 and 410 responses; null after any other response. */
  gone?: Gone | null;
  /** What is published until the article's page has been fetched; null or missing if there is nothing to publish. */
  announcement?: Announcement | null;
  /** When the announcement must be published or updated; null or missing if nothing is pending. */
  announceAt?: Date | null;
  /** When the article is next fetched, so that the link isn't due earlier; null or missing if no time is set. */
  nextFetchAt?: Date | null;
  /**
   * Set if no entry point of the source named the link: the URL or archive that did, and whether
   * the link counts as announced yet.
   */
  witness?: { name: string; isCounted: boolean };
}

/** The consecutive 404 and 410 responses for an article: how many, and the first and last time. */
export interface Gone {
  count: number;
  firstAt: Date;
  lastAt: Date;
}

/** A link found in an entry point, with what the entry point says about it. */
export interface FoundLink {
  /** Absolute URL as found, including tracking parameters. */
  url: string;
  kind: LinkKind;
  /** Page number of a listing or depth of a sitemap. */
  page: number;
  hints: Hints;
}

/** The links found in one stored capture of an entry point. */
export interface Discovery {
  links: FoundLink[];
  /** Links that were skipped, each with its reason. */
  skipped: { url: string; reason: SkipReason; detail: string | null }[];
  /** Descriptions of irregularities, such as "broken XML repaired after item 12". */
  problems: string[];
  /**
   * How long the feed asks clients to wait before the next fetch, ms (ttl, sy:updatePeriod); null if it doesn't
   * ask.
   */
  ttl: number | null;
  /** URLs of the hub and of the feed itself, if it offers WebSub; null if it doesn't. */
  hub: { url: string; self: string } | null;
  /** URLs in document order, if the links have another order. */
  order?: string[];
  /** The links, for comparison with the next fetch; missing if they aren't compared. */
  listed?: ListedEntries;
}
