import type { Article } from "../../model/articles/article.ts";
import { type ArticleWrite, getArticles, writeArticles } from "../../store/articles/articles.ts";
import type { Store } from "../../store/store.ts";

/** Tries when others change the article at the same moment. */
const TRIES = 5;

/**
 * Writes what `decide` makes of an article as it is stored, and decides anew while others are
 * faster; null from `decide` leaves it the same. Answers the write that was done, or why there is none.
 */
export async function changeArticle(
  store: Store,
  articleId: string,
  decide: (before: Article) => Promise<ArticleWrite | null>,
): Promise<ArticleWrite | "no such article" | "same"> {
  for (let tries = 0; tries < TRIES; tries++) {
    const before = (await getArticles(store, [articleId])).get(articleId);
    if (!before) return "no such article";
    const write = await decide(before);
    if (!write) return "same";
    if ((await writeArticles(store, [write])).length === 0) return write;
  }
  throw new Error("the article keeps changing under us; try again");
}
