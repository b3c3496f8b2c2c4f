import { excerptLimit, mayHandOut } from "../usage-rights.ts";
import type { Article } from "./article.ts";
import { asEdited, withoutTeaser } from "./editorial.ts";
import { shownFields } from "./fields.ts";
import { type Item, timingOf, toVisible, type Visible } from "./item.ts";

/** What lists leave in the store. */
type Unlisted =
  | "html"
  | "text"
  | "evidence"
  | "overruled"
  | "fieldScore"
  | "publish"
  | "pending"
  | "pendingAt";

/** The item of an article as it stands. */
export function toItem(stored: Omit<Article, Unlisted>): Item {
  const article = asEdited(stored);
  const { image } = article;
  const limit = excerptLimit(article.rights ?? []);
  const silent = limit === 0 || (article.reservations?.includes("nosnippet") ?? false);
  const edited = silent ? withoutTeaser(article.edited) : article.edited;
  return {
    id: article._id,
    version: article.version,
    status: article.status,
    url: article.url,
    title: article.title,
    prefix: article.prefix,
    teaser: silent ? null : cutTo(article.teaser, limit),
    ...shownFields(article),
    sourceId: article.sourceId,
    firstSeenAt: article.firstSeenAt,
    sortAt: article.sortAt,
    day: article.day,
    country: article.country,
    region: article.region,
    regionCode: article.regionCode ?? null,
    city: article.city ?? null,
    topics: article.topics,
    image: image && { url: image.url, alt: image.alt },
    duplicateOf: article.duplicateOf,
    storyId: article.storyId,
    completeness: article.completeness,
    incompleteReason: article.incompleteReason ?? null,
    relevanceScore: article.relevanceScore ?? null,
    ...(edited && { edited }),
    ...(article.pinnedUntil && { pinnedUntil: article.pinnedUntil }),
    timing: timingOf(article),
  };
}

/** Returns what readers could see of an article before a change. */
export function toBefore(article: Article): Visible {
  return toVisible({ ...article, timing: timingOf(article) });
}

/** Whether words of an article may be told where its item isn't: only where its publisher reserves nothing. */
export function mayQuote({
  reservations = [],
  rights = [],
}: Pick<Article, "reservations" | "rights">): boolean {
  return reservations.length === 0 && mayHandOut(rights);
}

function cutTo(text: string | null, limit: number | null): string | null {
  return text === null || limit === null || text.length <= limit
    ? text
    : `${text.slice(0, limit - 1).replace(/[\s\p{Surrogate}]+$/u, "")}…`;
}
