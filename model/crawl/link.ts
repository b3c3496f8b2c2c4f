import type { UsageSignal } from "../usage-rights.ts";
import type { EntryPointKind } from "./entry-points.ts";
import type { Cause, SkipReason } from "./outcome.ts";

export type LinkKind = EntryPointKind | "article";
export type Lane = "http" | "browser";
export type LinkState = "due" | "done" | "skipped" | "dead-letter";

/** What an entry point says about an article. */
export interface Hints {
  title?: string;
  teaser?: string;
  authors?: string[];
  publishedAt?: Date;
  modifiedAt?: Date;
  language?: string;
  tags?: string[];
  /** The text in the feed, with blank lines between paragraphs; not stored with the link. */
  contentText?: string;
  guid?: string;
  image?: string;
  usage?: UsageSignal[];
}

/** An announcement of an article, published if fetching the page fails or takes too long. */
export interface Announcement {
  captureId: string;
  seenAt: Date;
  kind: EntryPointKind;
  /** The text, with blank lines between paragraphs; missing if the entry point gives none. */
  text?: string;
}

/** A redirect that was followed. */
export interface Hop {
  url: string;
  status: number;
  location: string;
}

/** ETag and Last-Modified of a response, sent back unchanged in a conditional GET. */
export interface Validators {
  etag?: string;
  lastModified?: string;
}

/** The links that an entry point last listed, for comparison with the next reading. */
export interface ListedEntries {
  /** Hash of the keys and titles of all links. */
  digest: string;
  /**
   * The first links, at most 100, in document order. Each string contains the beginning of a link's
   * key, hashes of its id and title, and its date.
   */
  entries: string[];
}

/** An audit is a request without validators; it checks whether a link's 304s are true. */
interface Audits {
  /** Number of audits that found no new content; 0 again when the validators prove unreliable. */
  passed: number;
  /**
   * Whether the last audit found new content. If so, the next request sends the old validators
   * again: a 304 would prove that they are unreliable.
   */
  doubted: boolean;
}

/** Counts of an article's past revisits, and the next revisit. */
export interface RevisitCounts {
  made: number;
  /** Number of revisits in a row, ending with the latest, that found no change. */
  unchanged: number;
  changes: number;
  /**
   * The time from which revisits are planned: the last change or, before any change, publication.
   * If the time of publication is unreliable, the first fetch counts instead.
   */
  since: Date;
  /** Index of the next revisit in the schedule of revisits; null if no revisit is planned. */
  step: number | null;
}

/** Marks a link as taken by a job that fetches a host's links. `turn` is the job's number. */
export interface Claim {
  token: string;
  turn: number;
  at: Date;
  /** The name of the worker process that made the claim. */
  worker: string;
  /** Set after the loss of the worker process has been counted in the link's `losses`. */
  lost?: true;
}

interface Losses {
  all: number;
  /** Number of lost workers, out of `all`, that crashed or had to be replaced. */
  faults: number;
}

/** A URL to fetch. `_id` is the key of its canonical URL. */
export interface Link {
  _id: string;
  /** The URL to request next: `foundUrl`, or the latest redirect target. */
  url: string;
  foundUrl: string;
  host: string;
  sourceId: string;
  kind: LinkKind;
  lane: Lane;
  state: LinkState;
  /** The earliest time of the next fetch; null unless the link is `due`. */
  dueAt: Date | null;
  /** Id of the run that last made the link due. */
  runId: string;
  /**
   * Id of the link whose response named this URL; null for entry points and URLs found elsewhere.
   */
  parentId: string | null;
  /** Page number of a listing or depth of a sitemap; 1 for entry points. */
  page: number;
  /**
   * Number of attempts, including retries. A new run, a redirect or a change of `lane` resets the
   * number to 0.
   */
  attempts: number;
  /** The current claim; null if no job fetches the link. */
  claim: Claim | null;
  /** Numbers of workers lost during work on the link; null or missing after a finished attempt. */
  losses?: Losses | null;
  hops: Hop[];
  hints: Hints;
  validators: Validators;
  /** Number of consecutive 304 responses; a response with content resets it to 0. */
  notModified: number;
  audits?: Audits;
  /** Missing for articles, and until any links are found. */
  listed?: ListedEntries;
  reason: SkipReason | Cause | null;
  detail: string | null;
  captureId: string | null;
  articleId: string | null;
  /** For a further page of an article: the article's link and the page number; else null. */
  articlePageOf?: { linkId: string; number: number } | null;
  /** URL keys of the further pages of the link's article; missing if there are none. */
  articlePages?: readonly string[];
  /**
   * The result of the last fetch; null before the first result, and while the link is due again.
   *
   * - `new`: a new article.
   * - `copy`: a new article with the text of another article.
   * - `updated`, `unchanged`: a known article. An entry point is always `unchanged`.
   * - `duplicate`: another URL of a known article.
   */
  outcome: "new" | "copy" | "updated" | "unchanged" | "duplicate" | null;
  firstSeenAt: Date;
  doneAt: Date | null;
  revisits?: RevisitCounts;
  gone?: Gone | null;
  announcement?: Announcement | null;
  /** When the announcement must be published or updated; null or missing if that isn't planned. */
  announceAt?: Date | null;
  /** When the article is fetched again; null or missing if that isn't planned. */
  nextFetchAt?: Date | null;
  /**
   * Set if the URL was found outside the source's entry points; `name` says where. `isCounted` says
   * whether the source's coverage already counts the article.
   */
  witness?: { name: string; isCounted: boolean };
}

export type LinkChanges = Partial<Omit<Link, "_id">>;

/** The 404 and 410 responses for an article since the last response with another status. */
export interface Gone {
  count: number;
  firstAt: Date;
  lastAt: Date;
}

export interface FoundLink {
  /** Absolute URL as found, including tracking parameters. */
  url: string;
  kind: LinkKind;
  /** Page number of a listing or depth of a sitemap. */
  page: number;
  hints: Hints;
}

/** What was found in one response of an entry point. */
export interface Discovery {
  links: FoundLink[];
  /**
   * Skipped links with reasons. The number of entries is limited; `problems` says how many other
   * links were skipped.
   */
  skipped: { url: string; reason: SkipReason; detail: string | null }[];
  /** Descriptions of irregularities, such as "broken XML repaired after item 12". */
  problems: string[];
  /** The feed's wait between fetches (ttl, sy:updatePeriod), ms; null if it gives none. */
  ttl: number | null;
  /** The WebSub hub, and the feed's own URL as the hub knows it; null if there is no hub. */
  hub: { url: string; self: string } | null;
  /** URLs of the links in document order; missing if `links` has that order. */
  order?: string[];
  /** The links, as stored for comparison with the next fetch; missing if they can't be compared. */
  listed?: ListedEntries;
}
