import {
  type ListedArticle,
  type ListingFilter,
  type Position,
  readListing,
} from "../../store/listing.ts";
import type { Store } from "../../store/store.ts";

/** Pages of a list that are read for one page of a feed: rare words make it shorter. */
const ROUNDS = 10;

/** Which articles of a list a feed shows. */
export interface Selection {
  limit: number;
  now: Date;
  before: Position | null;
  keep: (article: ListedArticle) => boolean;
}

/** The newest articles of a list that are kept, and where the next page goes on; null at the end. */
export async function selectArticles(
  store: Store,
  filter: ListingFilter,
  { limit, now, before, keep }: Selection,
): Promise<{ articles: ListedArticle[]; next: Position | null }> {
  const articles: ListedArticle[] = [];
  let at = before;
  for (let round = 0; round < ROUNDS; round++) {
    const page = await readListing(store, filter, { limit, now, ...(at && { before: at }) });
    for (const article of page.articles) {
      if (!keep(article)) continue;
      if (articles.length === limit) return { articles, next: placeOf(articles) };
      articles.push(article);
    }
    at = page.next;
    if (at === null) break;
    if (articles.length === limit) return { articles, next: placeOf(articles) };
  }
  return { articles, next: at };
}

function placeOf(articles: ListedArticle[]): Position | null {
  const last = articles.at(-1);
  return last ? { sortAt: last.sortAt, id: last._id } : null;
}
