import type { UsageSignal } from "../usage-rights.ts";
import type { EntryPointKind } from "./entry-points.ts";
import type { Cause } from "./failure.ts";
import type { SkipReason } from "./skipped.ts";

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
  /**
   * The article's text as the feed gives it, with blank lines between paragraphs; not stored with
   * the link.
   */
  contentText?: string;
  guid?: string;
  image?: string;
  usage?: UsageSignal[];
}

/**
 * An article's announcement by an entry point, stored until the article's page has been stored. If
 * the first attempt to fetch the page fails, or if the page isn't stored in time, the article is
 * published from the announcement and the link's hints.
 */
export interface Announcement {
  captureId: string;
  seenAt: Date;
  kind: EntryPointKind;
  /**
   * The article's text as the entry point gives it, with blank lines between paragraphs; missing if
   * the entry point gives no text.
   */
  text?: string;
}

/** A redirect that was followed. */
export interface Hop {
  url: string;
  status: number;
  location: string;
}

/** The validators of a response, sent back unchanged in a conditional GET. */
export interface Validators {
  etag?: string;
  lastModified?: string;
}

/**
 * The links that an entry point listed when it was last read, for comparison with the next reading.
 */
export interface ListedEntries {
  /** Hash of the keys and titles of all links. */
  digest: string;
  /**
   * The first links in document order, in the form that `crawler/links/contradictions.ts` compares.
   */
  entries: string[];
}

/**
 * How a link's 304 responses compared with its actual content. An audit is a request without
 * validators after several 304s.
 */
interface Audits {
  /**
   * Number of audits that found unchanged content, since the validators were last proved
   * unreliable.
   */
  passed: number;
  /**
   * Whether the last audit found new content with new validators. The old validators are then sent
   * once more, and a 304 to them proves that they are unreliable.
   */
  doubted: boolean;
}

/** The past revisits of an article and the next one. */
export interface RevisitCounts {
  made: number;
  /** Number of revisits in a row, ending with the latest, that found no change. */
  unchanged: number;
  changes: number;
  /**
   * Time of the last change. Before any change: the time of publication, or of our first fetch if
   * the time of publication isn't known exactly.
   */
  since: Date;
  /** Index of the next revisit in the schedule of revisits; null if no revisit is planned. */
  step: number | null;
}

/** Marks a link as taken by a turn, which is the job that fetches one link of a host. */
export interface Claim {
  token: string;
  turn: number;
  at: Date;
  /** The process that runs the turn; missing on claims that predate this field. */
  worker?: string;
  /** Set once the process is known to have ended and has been counted in the link's `losses`. */
  lost?: true;
}

interface Losses {
  all: number;
  /** Number of worker processes that crashed or had to be replaced. */
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
   * Id of the link of the entry point that named this URL; null for entry points, and for URLs that
   * no entry point named.
   */
  parentId: string | null;
  /** Page number of a listing or depth of a sitemap; 1 for entry points. */
  page: number;
  /**
   * Number of attempts since the link became due, counted before each fetch. It restarts at 0 after
   * a redirect, and when the browser takes over the link.
   */
  attempts: number;
  /**
   * The current claim; null if no turn works on the link. A worker that was wrongly believed lost
   * can't overwrite newer work, because its claim has been replaced or removed.
   */
  claim: Claim | null;
  /**
   * Numbers of worker processes that ended while they worked on the link, since the link was last
   * finished; null or missing if there were none.
   */
  losses?: Losses | null;
  hops: Hop[];
  hints: Hints;
  validators: Validators;
  /** Number of consecutive 304 responses; a response with content resets it to 0. */
  notModified: number;
  audits?: Audits;
  /**
   * The links that the entry point listed when it was last read; missing before the first reading,
   * and on links to articles.
   */
  listed?: ListedEntries;
  reason: SkipReason | Cause | null;
  detail: string | null;
  captureId: string | null;
  articleId: string | null;
  /**
   * For a further page of an article: the id of the article's link, and the page number. Null or
   * missing for other links.
   */
  articlePageOf?: { linkId: string; number: number } | null;
  /** URL keys of the further pages of the link's article; missing if there are none. */
  articlePages?: readonly string[];
  /**
   * The result of the last fetch. `new`: a new article; `copy`: a new article with the text of
   * another; `updated` or `unchanged`: a known article; `duplicate`: another URL of a known
   * article. For an entry point, always `unchanged`. Null before the first result, and while the
   * link is due again.
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
   * Set if no entry point of the source named the link. `name` is the URL or archive that named it.
   * `isCounted` says whether the source's coverage has already counted the article as announced.
   */
  witness?: { name: string; isCounted: boolean };
}

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
   * Links that were skipped, each with its reason. If there are too many, `problems` only counts
   * the rest.
   */
  skipped: { url: string; reason: SkipReason; detail: string | null }[];
  /** Descriptions of irregularities, such as "broken XML repaired after item 12". */
  problems: string[];
  /**
   * How long the feed asks clients to wait before the next fetch (ttl, sy:updatePeriod), ms; null
   * if the feed doesn't say.
   */
  ttl: number | null;
  /**
   * The feed's WebSub hub, and the feed's own URL as the hub knows it; null if the feed names no
   * hub.
   */
  hub: { url: string; self: string } | null;
  /** URLs of the links in document order; missing if `links` has that order. */
  order?: string[];
  /** The links, as stored for comparison with the next fetch; missing if they can't be compared. */
  listed?: ListedEntries;
}
