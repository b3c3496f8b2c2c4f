import type { Article } from "../model/article.ts";
import { toVisible } from "../model/visible.ts";
import { ALL } from "./days.ts";
import type { Store } from "./store.ts";

/** Days that are listed: 136 years. */
const DAYS = 50_000;

/** Days that have listed articles, newest first, and how many; days are one small document each. */
export async function daysWithArticles({
  collections,
}: Store): Promise<{ day: string; articles: number }[]> {
  const days = await collections.days
    .find({}, { projection: { articles: 1 } })
    .limit(DAYS)
    .toArray();
  return days
    .filter(({ _id, articles }) => _id !== ALL && articles > 0)
    .map(({ _id: day, articles }) => ({ day, articles }))
    .toSorted((a, b) => (a.day < b.day ? 1 : -1));
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

/**
 * A page (from 1) of the listed articles of a day, without their words, the oldest first: what comes
 * later is on the last page, and those before it stay as they are.
 */
export async function dayAddresses(
  { collections }: Store,
  day: string,
  { page, size }: { page: number; size: number },
): Promise<Pick<Article, "_id" | "sortAt" | "modifiedAt">[]> {
  const at = Date.parse(`${day}T00:00:00Z`);
  // A day of a time zone lies within these bounds.
  const sortAt = { $gte: new Date(at - 86_400_000), $lt: new Date(at + 2 * 86_400_000) };
  const found = collections.articles
    .find<Pick<Article, keyof typeof FIELDS | "_id">>({ day, sortAt }, { projection: FIELDS })
    .sort({ sortAt: 1, _id: 1 })
    .batchSize(2000);
  const articles: Pick<Article, "_id" | "sortAt" | "modifiedAt">[] = [];
  let left = (page - 1) * size;
  for await (const article of found) {
    // Copies are stored, too, so that only those that are listed tell where a page begins.
    if (!toVisible(article).listed || left-- > 0) continue;
    if (articles.push(article) === size) break;
  }
  return articles;
}
