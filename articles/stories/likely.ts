import { DAY_MS } from "../../lib/time.ts";
import type { Article } from "../../model/articles/article.ts";
import { getFingerprints } from "../../store/articles/fingerprints.ts";
import { type ListedArticle, readListing } from "../../store/articles/listing.ts";
import type { Store } from "../../store/store.ts";
import { eventOf } from "../matching/fingerprint.ts";

/**
 * An article of another story, possibly about the same event. `terms` are the shared terms,
 * heaviest first.
 */
export interface LikelyArticle
  extends Pick<ListedArticle, "_id" | "title" | "sourceId" | "sortAt"> {
  terms: string[];
}

const MAX_DAYS_APART = 3;
const MAX_COMPARED = 200;
const MAX_LIKELY = 8;

/** Returns up to 8 listed articles of other stories, most similar first, at most one per story. */
export async function findLikelyArticles(
  store: Store,
  article: Pick<Article, "_id" | "storyId" | "sortAt">,
  now: Date,
): Promise<LikelyArticle[]> {
  const position = { sortAt: article.sortAt, id: article._id };
  const daysLater = (days: number) => new Date(article.sortAt.getTime() + days * DAY_MS);
  const within = { since: daysLater(-MAX_DAYS_APART), until: daysLater(MAX_DAYS_APART) };
  // Compare only the nearest in time, before and after: busy days have too many articles.
  const params = { limit: MAX_COMPARED / 2, now };
  const pages = await Promise.all([
    readListing(store, within, { ...params, before: position }),
    readListing(store, within, { ...params, after: position }),
  ]);
  const articles = pages.flatMap((page) => page.articles);
  const others = articles.filter(({ storyId }) => storyId !== article.storyId);
  const prints = await getFingerprints(store, [article._id, ...others.map(({ _id }) => _id)]);
  const own = prints.get(article._id);
  if (!own) return [];
  const alike = others.flatMap((other) => {
    const print = prints.get(other._id);
    // No threshold: clear matches are in the story already.
    const likeness = print ? eventOf(own, print, 0) : null;
    return likeness ? [{ ...other, ...likeness }] : [];
  });
  const stories = new Set<string>();
  return alike
    .toSorted((a, b) => b.score - a.score)
    .filter(({ storyId }) => !stories.has(storyId) && stories.add(storyId))
    .slice(0, MAX_LIKELY)
    .map(({ _id, title, sourceId, sortAt, terms }) => ({ _id, title, sourceId, sortAt, terms }));
}
