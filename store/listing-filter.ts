import type { Filter as Query } from "mongodb";
import type { Article } from "../model/article.ts";
import { type Filter, isForReaders, passes } from "../model/filter.ts";
import { toVisible } from "../model/item.ts";
import type { ListedArticle, ListingFilter } from "./listing.ts";

/** The query for a window of `sortAt` (ms, both ends belong to it): what one index serves alone. */
export function windowQuery(filter: ListingFilter, from: number, to: number): Query<Article> {
  // Not `$lte`: the embedded database then misses equal keys of an index that goes on with `_id`.
  return { ...narrowest(filter), sortAt: { $gte: new Date(from), $lt: new Date(to + 1) } };
}

/** The one equality that narrows a list, the rarest field first; empty for all. */
function narrowest(filter: ListingFilter): Query<Article> {
  if (filter.sourceId) return { sourceId: filter.sourceId };
  if (filter.day) return { day: filter.day };
  if (filter.topic) return { topics: filter.topic };
  if (filter.country) return { country: filter.country };
  if (filter.language) return { language: filter.language };
  return {};
}

/** Whether an article is listed and all of the filter holds. */
export function matches(article: ListedArticle, filter: ListingFilter): boolean {
  const { sourceId, topic, country, language, day, copies, where } = filter;
  return (
    (copies ? article.status === "published" : toVisible(article).listed) &&
    (!sourceId || article.sourceId === sourceId) &&
    (!topic || article.topics.includes(topic)) &&
    (!country || article.country === country) &&
    (!language || article.language === language) &&
    (!day || article.day === day) &&
    (!where || passes(where, toVisible(article)))
  );
}

/** Fields of a filter that an index narrows, those whose values have few articles first. */
const DRIVERS = [
  ["source", "sourceId"],
  ["topic", "topic"],
  ["country", "country"],
  ["language", "language"],
] as const;

/**
 * The lists that together hold what `where` lets through, each narrowed by one index: a list for each
 * value of the field with the fewest values. A list that an index narrows already stays one.
 */
export function listsOf(filter: ListingFilter): ListingFilter[] {
  const { where } = filter;
  if (where && !isForReaders(where)) return [];
  if (!where || Object.keys(narrowest(filter)).length > 0) return [filter];
  const countries = where.country ?? countriesOf(where);
  const wanted: Filter = { ...where, ...(countries && { country: countries }) };
  const [driver] = DRIVERS.flatMap(([field, key]) => {
    const values = wanted[field];
    return values ? [{ key, values: [...new Set(values)] }] : [];
  }).toSorted((a, b) => a.values.length - b.values.length);
  if (!driver) return [filter];
  return driver.values.map((value) => ({ ...filter, [driver.key]: value }));
}

/** The countries of a filter's regions: `DE-BE` is in `DE`. */
function countriesOf({ region }: Filter): string[] | undefined {
  return region?.map((code) => code.slice(0, 2));
}
