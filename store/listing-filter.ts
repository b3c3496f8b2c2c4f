import type { Filter } from "mongodb";
import type { Article } from "../model/article.ts";
import { toVisible } from "../model/item.ts";
import type { ListedArticle, ListingFilter } from "./listing.ts";

/** The query for a window of `sortAt` (ms, both ends belong to it): what one index serves alone. */
export function windowQuery(filter: ListingFilter, from: number, to: number): Filter<Article> {
  // Not `$lte`: the embedded database then misses equal keys of an index that goes on with `_id`.
  return { ...narrowest(filter), sortAt: { $gte: new Date(from), $lt: new Date(to + 1) } };
}

/** The one equality that narrows a list, the rarest field first; empty for all. */
function narrowest(filter: ListingFilter): Filter<Article> {
  if (filter.sourceId) return { sourceId: filter.sourceId };
  if (filter.day) return { day: filter.day };
  if (filter.topic) return { topics: filter.topic };
  if (filter.country) return { country: filter.country };
  if (filter.language) return { language: filter.language };
  return {};
}

/** Whether an article is listed and all of the filter holds. */
export function matches(article: ListedArticle, filter: ListingFilter): boolean {
  const { sourceId, topic, country, language, day, copies } = filter;
  return (
    (copies ? article.status === "published" : toVisible(article).listed) &&
    (!sourceId || article.sourceId === sourceId) &&
    (!topic || article.topics.includes(topic)) &&
    (!country || article.country === country) &&
    (!language || article.language === language) &&
    (!day || article.day === day)
  );
}
