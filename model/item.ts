import type { Article, ArticleStatus, Visible } from "./article.ts";
import { asEdited, type Edited, withoutTeaser } from "./editorial.ts";
import { type Timing, timingOf } from "./timing.ts";

/** What a reader of the API, a feed or a portal page gets: an article without its full text. */
export interface Item {
  id: string;
  version: number;
  status: ArticleStatus;
  url: string;
  title: string;
  prefix: string;
  teaser: string | null;
  authors: string[];
  /** Organisations that sign it; missing on items made before they were kept apart. */
  organisations?: string[];
  sourceId: string;
  publishedAt: Date | null;
  modifiedAt: Date | null;
  firstSeenAt: Date;
  sortAt: Date;
  day: string;
  language: string | null;
  country: string | null;
  region: string | null;
  /** ISO 3166-2 code of the region; missing on items made before places were read, as is `city`. */
  regionCode?: string | null;
  city?: string | null;
  topics: string[];
  section: string | null;
  tags: string[];
  image: { url: string; alt: string | null } | null;
  duplicateOf: string | null;
  storyId: string;
  wordCount: number | null;
  /** 0 to 1; missing on items made before it was told, null where it was not measured. */
  relevanceScore?: number | null;
  /** What editors wrote over the publisher's words. */
  edited?: Edited;
  pinnedUntil?: Date;
  /** Missing on items made before it was told; readers don't get it. */
  timing?: Timing;
  /** What it said was erased; readers get no item. */
  erased?: true;
}

/** What lists leave in the store. */
type Unlisted =
  | "html"
  | "text"
  | "evidence"
  | "overruled"
  | "completeness"
  | "pending"
  | "pendingAt";

/** The item of an article as it stands. */
export function toItem(stored: Omit<Article, Unlisted>): Item {
  const article = asEdited(stored);
  const { image } = article;
  const silent = article.reservations?.includes("nosnippet") ?? false;
  const edited = silent ? withoutTeaser(article.edited) : article.edited;
  return {
    id: article._id,
    version: article.version,
    status: article.status,
    url: article.url,
    title: article.title,
    prefix: article.prefix,
    teaser: silent ? null : article.teaser,
    authors: article.authors ?? [],
    organisations: article.organisations ?? [],
    sourceId: article.sourceId,
    publishedAt: article.publishedAt,
    modifiedAt: article.modifiedAt,
    firstSeenAt: article.firstSeenAt,
    sortAt: article.sortAt,
    day: article.day,
    language: article.language,
    country: article.country,
    region: article.region,
    regionCode: article.regionCode ?? null,
    city: article.city ?? null,
    topics: article.topics,
    section: article.section,
    tags: article.tags ?? [],
    image: image && { url: image.url, alt: image.alt },
    duplicateOf: article.duplicateOf,
    storyId: article.storyId,
    wordCount: article.wordCount,
    relevanceScore: article.relevanceScore ?? null,
    ...(edited && { edited }),
    ...(article.pinnedUntil && { pinnedUntil: article.pinnedUntil }),
    timing: timingOf(article),
  };
}

/** What was visible of an article before a change, as the change tells it. */
export function toBefore(article: Article): Visible {
  return toVisible({ ...article, timing: timingOf(article) });
}

/** Whether words of an article may be told where its item isn't: only where its publisher reserves nothing. */
export function mayQuote({ reservations = [] }: Pick<Article, "reservations">): boolean {
  return reservations.length === 0;
}

/** The fields that consumers filter by, as they stand in an article or its item. */
export function toVisible(
  article: Omit<Visible, "listed" | "region"> & Pick<Item, "duplicateOf" | "regionCode">,
): Visible {
  const { sourceId, country, language, topics, status, day, duplicateOf } = article;
  const { regionCode: region = null, city = null, relevanceScore = null, timing } = article;
  const listed = status === "published" && duplicateOf === null;
  const place = { country, region, city };
  const visible = { sourceId, ...place, language, topics, relevanceScore, status, listed, day };
  return { ...visible, ...(timing && { timing }) };
}
