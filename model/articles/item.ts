import type { Cause } from "../crawl/failure.ts";
import type { SkipReason } from "../crawl/skipped.ts";
import type { Use } from "../usage-rights.ts";
import type { UsageTerms } from "../usage-terms.ts";
import type { ArticleStatus, Edited } from "./editorial.ts";
import type { ArticleFields, ShownFields } from "./fields.ts";
import type { Origin } from "./story.ts";

/** How much of an article there is, the least first. */
export const COMPLETENESS = {
  announced: "from its source's feed, sitemap or list",
  partial: "what the publisher shows for free",
  full: "its whole page",
} as const;

export type Completeness = keyof typeof COMPLETENESS;

const ORDER = Object.keys(COMPLETENESS) as Completeness[];

/** Whether there is less of one article than of another. */
export function isLess(one: Completeness, other: Completeness): boolean {
  return ORDER.indexOf(one) < ORDER.indexOf(other);
}

/** Why there is no more of an article: what became of its page. */
export type IncompleteReason = SkipReason | Cause;

/** An article as readers of the API, feeds and portal get it: without its full text. */
export interface Item extends ShownFields {
  id: string;
  version: number;
  status: ArticleStatus;
  url: string;
  title: string;
  prefix: string;
  teaser: string | null;
  sourceId: string;
  firstSeenAt: Date;
  sortAt: Date;
  day: string;
  country: string | null;
  region: string | null;
  /** ISO 3166-2 code of the region; missing on items made before places were read, as is `city`. */
  regionCode?: string | null;
  city?: string | null;
  topics: string[];
  image: { url: string; alt: string | null } | null;
  duplicateOf: string | null;
  storyId: string;
  completeness: Completeness;
  /** Null while its page has not been tried, and where all of it is there. */
  incompleteReason: IncompleteReason | null;
  /** 0 to 1; missing on older items, null when it wasn't measured. */
  relevanceScore?: number | null;
  /** What editors wrote over the publisher's words. */
  edited?: Edited;
  pinnedUntil?: Date;
  /** What may be done with it; missing where its publisher says nothing of that. */
  usage?: UsageTerms;
  /** Missing on older items. Readers don't get it. */
  timing?: Timing;
  /** Its words were erased; readers get no item. */
  erased?: true;
}

/** The fields that consumers filter by. */
export interface Visible {
  sourceId: string;
  country: string | null;
  language: string | null;
  topics: string[];
  /** ISO 3166-2; missing in older changes, as are `city` and `relevanceScore`. */
  region?: string | null;
  city?: string | null;
  relevanceScore?: number | null;
  status: ArticleStatus;
  /** Shown on the portal and counted: published and nobody's duplicate. */
  listed: boolean;
  day: string;
  /** Uses that its publisher reserves; missing where that is none. */
  denies?: Use[];
  /** Input of the statistics; missing in older changes, and where nobody counts. */
  timing?: Timing;
}

/** The fields that consumers filter by, as an article or its item has them. */
export function toVisible(
  article: Omit<Visible, "listed" | "region" | "denies"> & {
    duplicateOf: string | null;
    regionCode?: string | null;
    usage?: UsageTerms;
  },
): Visible {
  const { sourceId, country, language, topics, status, day, duplicateOf } = article;
  const { regionCode: region = null, city = null, relevanceScore = null, timing, usage } = article;
  const listed = status === "published" && duplicateOf === null;
  const place = { country, region, city };
  const visible = { sourceId, ...place, language, topics, relevanceScore, status, listed, day };
  return {
    ...visible,
    ...(usage && usage.denies.length > 0 && { denies: usage.denies }),
    ...(timing && { timing }),
  };
}

/** Delays of an article on its way to readers, in seconds, for statistics. */
export interface Timing {
  /** From its publication to our first look; null when its page tells no instant. */
  seenAfter: number | null;
  /** From our first fetch until readers could see it; null when they can't, or when it wasn't recorded. */
  servedAfter: number | null;
  /** Whose text it took over; null for a text of its own. */
  origin: Origin | null;
}

/** Returns the delays of an article as it is now. */
export function timingOf(
  article: Pick<ArticleFields, "publishedAt" | "publishedPrecision"> & {
    firstSeenAt: Date;
    servedAt?: Date | null;
    origin?: Origin | null;
  },
): Timing {
  const { publishedAt, publishedPrecision, firstSeenAt, servedAt, origin = null } = article;
  const isExact = publishedPrecision === "instant";
  return {
    seenAfter: isExact && publishedAt ? seconds(publishedAt, firstSeenAt) : null,
    servedAfter: servedAt ? seconds(firstSeenAt, servedAt) : null,
    origin,
  };
}

function seconds(from: Date, to: Date): number {
  return (to.getTime() - from.getTime()) / 1000;
}
