import type { Article } from "../model/article.ts";
import { toVisible } from "../model/item.ts";
import { ALL } from "./days.ts";
import type { Store } from "./store.ts";

/** Days that are listed: 136 years. */
const DAYS = 50_000;

/** Days that have articles, newest first; days are one small document each. */
export async function daysWithArticles({ collections }: Store): Promise<string[]> {
  const days = await collections.days
    .find({}, { projection: { articles: 1 } })
    .limit(DAYS)
    .toArray();
  return days
    .filter(({ _id, articles }) => _id !== ALL && articles > 0)
    .map(({ _id }) => _id)
    .toSorted()
    .toReversed();
}

const FIELDS = {
  sourceId: 1,
  status: 1,
  duplicateOf: 1,
  day: 1,
  modifiedAt: 1,
  sortAt: 1,
  topics: 1,
  country: 1,
  language: 1,
} as const;

/** The listed articles of a day, without their words, newest first; at most `limit`. */
export async function dayAddresses(
  { collections }: Store,
  day: string,
  limit: number,
): Promise<Pick<Article, "_id" | "sortAt" | "modifiedAt">[]> {
  const at = Date.parse(`${day}T00:00:00Z`);
  // A day of a time zone lies within these bounds.
  const sortAt = { $gte: new Date(at - 86_400_000), $lt: new Date(at + 2 * 86_400_000) };
  const found = await collections.articles
    .find<Pick<Article, keyof typeof FIELDS | "_id">>({ day, sortAt }, { projection: FIELDS })
    .sort({ sortAt: -1, _id: -1 })
    .limit(limit)
    .toArray();
  return found.filter((article) => toVisible(article).listed);
}
