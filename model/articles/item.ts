import type { Cause, SkipReason } from "../crawl/outcome.ts";
import type { UsageTerms, Use } from "../usage-rights.ts";
import type { ArticleStatus, Edited } from "./editorial.ts";
import type { ArticleFields, ShownFields } from "./fields.ts";
import type { Origin } from "./story.ts";

/** The levels of completeness, least complete first, each with what the article was read from. */
export const COMPLETENESS = {
  announced: "only what the source's feed, sitemap or list says",
  partial: "only what the publisher shows for free",
  full: "everything on the article's page",
} as const;

export type Completeness = keyof typeof COMPLETENESS;

const ORDER = Object.keys(COMPLETENESS) as Completeness[];

export function isLess(one: Completeness, other: Completeness): boolean {
  return ORDER.indexOf(one) < ORDER.indexOf(other);
}

/** Why an article isn't complete: the outcome of fetching its page. */
export type IncompleteReason = SkipReason | Cause;

/** An article as the API, feeds and the portal show it to readers, without its full text. */
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
  /** ISO 3166-2 code; null if it is unknown. */
  regionCode: string | null;
  city: string | null;
  topics: string[];
  image: { url: string; alt: string | null } | null;
  duplicateOf: string | null;
  storyId: string;
  completeness: Completeness;
  /** Null if the article is complete or its page has not been fetched. */
  incompleteReason: IncompleteReason | null;
  /** 0 to 1; null if it was not computed. */
  relevanceScore: number | null;
  edited?: Edited;
  pinnedUntil?: Date;
  usage?: UsageTerms;
  /** The article's delays; readers don't get them. */
  timing: Timing;
  /** Set if the article was erased. Readers then get no item. */
  erased?: true;
}

/** The fields of an article that consumers' filters and the statistics need. */
export interface Visible {
  sourceId: string;
  country: string | null;
  language: string | null;
  topics: string[];
  /** ISO 3166-2 code; null if it is unknown. */
  region: string | null;
  city: string | null;
  relevanceScore: number | null;
  status: ArticleStatus;
  listed: boolean;
  day: string;
  denies?: Use[];
  timing?: Timing;
}

/** Whether the portal lists an article: published and not a copy of another one. */
export function isListed(article: Pick<Item, "status" | "duplicateOf">): boolean {
  return article.status === "published" && article.duplicateOf === null;
}

export function toVisible(
  article: Omit<Visible, "listed" | "region" | "denies"> & {
    duplicateOf: string | null;
    regionCode: string | null;
    usage?: UsageTerms;
  },
): Visible {
  const { sourceId, country, language, topics, status, day } = article;
  const { regionCode: region, city, relevanceScore, timing, usage } = article;
  const listed = isListed(article);
  const place = { country, region, city };
  const visible = { sourceId, ...place, language, topics, relevanceScore, status, listed, day };
  return {
    ...visible,
    ...(usage && usage.denies.length > 0 && { denies: usage.denies }),
    ...(timing && { timing }),
  };
}

/** How long an article took on its way to readers, in seconds, for the statistics. */
export interface Timing {
  /**
   * Seconds from publication to our first fetch; null unless the time of publication is stated with
   * its time zone.
   */
  seenAfter: number | null;
  /**
   * Seconds from our first fetch until readers could see the article; null if they never could or
   * that time wasn't recorded.
   */
  servedAfter: number | null;
  /** Null for an original text. */
  origin: Origin | null;
}

export function timingOf(
  article: Pick<ArticleFields, "publishedAt" | "publishedPrecision"> & {
    firstSeenAt: Date;
    servedAt: Date | null;
    origin: Origin | null;
  },
): Timing {
  const { publishedAt, publishedPrecision, firstSeenAt, servedAt, origin } = article;
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
