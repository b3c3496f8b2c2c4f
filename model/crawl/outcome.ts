import { z } from "zod";
import { shortHash } from "../../lib/text.ts";

/** The causes of failures, each with its meaning as shown to operators; a closed set. */
export const CAUSES = {
  dns: "its host's name can't be resolved",
  connect: "its host refuses connections",
  tls: "its host's certificate or encryption isn't valid",
  timeout: "its host doesn't answer in time",
  reset: "its host closes connections before it answers",
  "too-many-requests": "its host asks for fewer requests (429)",
  "server-error": "its host answers with a server error (5xx)",
  "bad-response": "its host's response isn't valid HTTP",
  "redirect-loop": "its redirects lead in circles",
  browser: "the browser can't render the page",
  login: "the source's login is refused",
  proxy: "the source's proxy refuses the connection or doesn't answer",
  parse: "reading the page exceeds the limits of time or memory",
  store: "the database didn't accept the result",
  poison: "workers crashed while reading the page",
  unknown: "an unexpected error",
} as const;

export type Cause = keyof typeof CAUSES;

export function isCause(reason: string): reason is Cause {
  return Object.hasOwn(CAUSES, reason);
}

class Failure extends Error {
  readonly delay: number | null;
  readonly reason: Cause;

  constructor(reason: Cause, message: string, options: ErrorOptions & { delay?: number } = {}) {
    super(message, options);
    this.reason = reason;
    this.delay = options.delay ?? null;
  }
}

/** A failure that a retry might repair. `delay` is in ms; null if the retry policy decides. */
export class RetryLater extends Failure {
  override name = "RetryLater";
}

/**
 * A failure that a retry wouldn't repair. After `too-many-requests`, the host gets no request for
 * `delay` ms.
 */
export class GiveUp extends Failure {
  override name = "GiveUp";
}

export function blamesProxy(error: unknown): error is RetryLater | GiveUp {
  return (error instanceof RetryLater || error instanceof GiveUp) && error.reason === "proxy";
}

/** The expected outcomes other than an article, with their meanings; a closed set. */
export const SKIP_REASONS = {
  robots: "robots.txt forbids this page",
  "robots-unreachable": "robots.txt can't be read, so nothing is fetched from the host for now",
  "not-modified": "unchanged since the last fetch",
  filtered: "excluded by the source's include/exclude patterns",
  "off-site": "on another site than the source",
  duplicate: "another URL of an article that is already stored",
  "too-old":
    "beyond the limits of a source's first run; `newsgather backfill` fetches older articles",
  "too-large": "larger than the byte limit",
  "too-many": "over the limit of links in one run",
  "unsupported-type": "neither a page nor a feed",
  blocked: "the site refused the request or showed a challenge",
  consent: "only a consent or cookie page was returned",
  "not-article": "the page has no article",
  paywall: "only subscribers can read this page; nothing is free",
  advert: "an advertisement",
  gone: "404 or 410: no longer there",
  withdrawn: "the publisher says that the article was withdrawn",
  reserved:
    "the publisher reserves the use of this page (noindex, noarchive, or text and data mining)",
  erased: "erased on purpose; it is never fetched or stored again",
  purged: "was stored until its retention ended; it is not stored again",
  "bad-url": "not an http(s) URL, or too long",
  "egress-refused":
    "doesn't lead to a public address on port 80 or 443; `NEWSGATHER_ALLOW_NETWORKS` allows other addresses",
} as const;

/** Values of `Skipped.detail` that code recognises. `redirectsHome` is followed by a URL. */
export const DETAILS = {
  comment: "a reader's comment",
  noText: "no title or text",
  redirectsHome: "redirects to the home page",
  signedOut: "the page was returned without the source's login",
} as const;

export type SkipReason = keyof typeof SKIP_REASONS;

export const SkipReason = z.enum(Object.keys(SKIP_REASONS) as [SkipReason, ...SkipReason[]]);

/** Returned instead of a response or an article if a page was skipped for an expected reason. */
export interface Skipped {
  skipped: SkipReason;
  detail?: string | null;
}

export function isSkipped(value: object): value is Skipped {
  return "skipped" in value;
}

export function skippedText({ skipped, detail }: Skipped): string {
  return detail ? `${SKIP_REASONS[skipped]} (${detail})` : SKIP_REASONS[skipped];
}

export function isSkipReason(reason: string): reason is SkipReason {
  return Object.hasOwn(SKIP_REASONS, reason);
}

/** Numbers of a run's links by outcome, counted when the run closes; all 0 until then. */
export interface RunCounts {
  /** Number of links to articles. */
  links: number;
  /** Number of entry points, further pages of lists, and sitemaps that another sitemap lists. */
  entryPoints: number;
  http: number;
  browser: number;
  stored: number;
  updated: number;
  unchanged: number;
  /** Number of copies (which `stored` also counts) and further URLs of known articles. */
  duplicates: number;
  /** Number of links that still wait for their first attempt or for a retry. */
  waiting: number;
  skipped: Partial<Record<SkipReason, number>>;
  deadLetters: Partial<Record<Cause, number>>;
}

/** One crawl of a source, with its counts by outcome and reason. */
export interface Run {
  _id: string;
  sourceId: string;
  sourceVersion: number;
  /** What started the run. `push`: a hub's report; `revisit`: only a fetch of known articles. */
  trigger: "schedule" | "manual" | "push" | "backfill" | "replay" | "revisit";
  /** Whether number and age of articles are limited, because no crawl has succeeded yet. */
  first: boolean;
  open: boolean;
  /**
   * Id of the source while the run is open; missing for runs without entry points. A source can
   * have only one run with this field.
   */
  openOf?: string;
  startedAt: Date;
  finishedAt: Date | null;
  counts: RunCounts;
  /** Requests, and bytes on the wire; missing while the run is open. */
  traffic?: { requests: number; bytes: number };
  /** Messages about irregularities other than failures, such as a repaired feed; at most 99. */
  problems: string[];
}

/** Returns the trace id (32 hex digits, W3C Trace Context) of a run's logs, articles and spans. */
export function traceIdOf(runId: string): string {
  return shortHash(`trace of ${runId}`);
}
