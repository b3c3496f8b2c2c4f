import { z } from "zod";

/** The expected outcomes other than an article, with their meanings; a closed set. */
export const SKIP_REASONS = {
  robots: "robots.txt forbids this page",
  "robots-unreachable": "robots.txt can't be read, so nothing is fetched from the host for now",
  "not-modified": "unchanged since the last fetch",
  filtered: "excluded by the source's include/exclude patterns",
  "off-site": "on another site than the source's",
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
  "bad-url": "not an http(s) URL",
  "egress-refused":
    "leads to no public address on port 80 or 443; `NEWSGATHER_ALLOW_NETWORKS` allows other addresses",
} as const;

/** Values of `Skipped.detail` that code recognises; a URL follows `redirectsHome`. */
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
