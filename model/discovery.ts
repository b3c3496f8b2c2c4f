import type { Hints, LinkKind, Named } from "./link.ts";
import type { SkipReason } from "./skipped.ts";

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
  /** What was odd, in words, e.g. "broken XML repaired after item 12". */
  problems: string[];
  /** Milliseconds for which the feed asks not to be fetched again (ttl, sy:updatePeriod). */
  ttl: number | null;
  /** Hub and self of a feed that offers WebSub. */
  hub: { url: string; self: string } | null;
  /** Addresses as they stand in the document, where the links don't come in its order. */
  order?: string[];
  /** What is remembered of the links until the next look. */
  named?: Named;
}
