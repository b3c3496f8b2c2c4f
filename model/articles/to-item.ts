import {
  articleSignals,
  excerptLimit,
  mayShowFullText,
  mayShowImage,
  type Reserving,
  termsOf,
} from "../usage-rights.ts";
import type { Article } from "./article.ts";
import { asEdited, type Edited, type Wording, withoutTeaser } from "./editorial.ts";
import { shownFields } from "./fields.ts";
import { type Item, timingOf, toVisible, type Visible } from "./item.ts";

/** Fields of an article that `toItem` doesn't need, so that lists can be read without them. */
type OmittedField =
  | "html"
  | "text"
  | "evidence"
  | "overruled"
  | "fieldScore"
  | "publish"
  | "pending"
  | "pendingAt";

/** Returns an article as readers get it: with editors' texts, within the publisher's limits. */
export function toItem(stored: Omit<Article, OmittedField>): Item {
  const article = asEdited(stored);
  const image = mayShowImage(article) ? article.image : null;
  const limit = excerptLimit(article);
  const edited = limitEdited(article.edited, limit);
  const usage = termsOf(articleSignals(article));
  return {
    id: article._id,
    version: article.version,
    status: article.status,
    url: article.url,
    title: article.title,
    prefix: article.prefix,
    teaser: cutTo(article.teaser, limit),
    ...shownFields(article),
    sourceId: article.sourceId,
    firstSeenAt: article.firstSeenAt,
    sortAt: article.sortAt,
    day: article.day,
    country: article.country,
    region: article.region,
    regionCode: article.regionCode,
    city: article.city,
    topics: article.topics,
    image: image && { url: image.url, alt: image.alt },
    duplicateOf: article.duplicateOf,
    storyId: article.storyId,
    completeness: article.completeness,
    incompleteReason: article.incompleteReason ?? null,
    relevanceScore: article.relevanceScore,
    ...(edited && { edited }),
    ...(article.pinnedUntil && { pinnedUntil: article.pinnedUntil }),
    ...(usage && { usage }),
    timing: timingOf(article),
  };
}

/** Returns an article's `Visible` fields, to be used as `before` in the article's next change. */
export function toBefore(article: Article): Visible {
  const usage = termsOf(articleSignals(article));
  return toVisible({ ...article, ...(usage && { usage }), timing: timingOf(article) });
}

/** Whether an article's text can be quoted elsewhere, such as in the reason of a revision. */
export function mayQuote({ reservations, rights }: Reserving): boolean {
  return reservations.length === 0 && mayShowFullText(rights);
}

export function reservesMore(article: Reserving, before: Reserving): boolean {
  const [most, mostBefore] = [article, before].map(excerptLimit);
  const isShorter = (most ?? Number.POSITIVE_INFINITY) < (mostBefore ?? Number.POSITIVE_INFINITY);
  const hidesImage = mayShowImage(before) && !mayShowImage(article);
  return isShorter || hidesImage || (mayQuote(before) && !mayQuote(article));
}

/** Cuts editors' teasers to the limit for excerpts, because they retell the page. */
function limitEdited(edited: Edited | null | undefined, limit: number | null): typeof edited {
  if (!edited || limit === null) return edited;
  if (limit === 0) return withoutTeaser(edited);
  const cut = <T extends Wording>(words: T): T =>
    words.teaser === undefined ? words : { ...words, teaser: cutTo(words.teaser, limit) };
  const { translations, ...own } = edited;
  const languages = Object.entries(translations ?? {}).map(([code, words]) => [code, cut(words)]);
  return { ...cut(own), ...(translations && { translations: Object.fromEntries(languages) }) };
}

function cutTo<T extends string | null>(text: T, limit: number | null): T | string | null {
  if (text === null || limit === null || text.length <= limit) return text;
  return limit === 0 ? null : `${text.slice(0, limit - 1).replace(/[\s\p{Surrogate}]+$/u, "")}…`;
}
