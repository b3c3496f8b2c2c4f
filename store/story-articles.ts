import type { Article } from "../model/article.ts";
import { asEdited } from "../model/editorial.ts";
import { toVisible } from "../model/visible.ts";
import type { ListedArticle } from "./listing.ts";
import { EPOCH, type Store } from "./store.ts";
import { withTexts } from "./texts.ts";

/** One article in its editors' words, with everything but its waiting changes; null when there is none. */
export async function readArticle(
  store: Store,
  id: string,
): Promise<Omit<Article, "pending" | "pendingAt"> | null> {
  const found = await store.collections.articles.findOne(
    { _id: id },
    { projection: { pending: 0, pendingAt: 0 } },
  );
  const [whole] = await withTexts(store, found ? [found] : []);
  return whole ? asEdited(whole) : null;
}

/** Most articles of a story that readers get. */
const MOST = 200;

/** The other published articles that tell the same story (at most 199), the one that stands for it first. */
export async function readStory(
  store: Store,
  article: Pick<Article, "_id" | "storyId">,
): Promise<ListedArticle[]> {
  const all = await readStoryArticles(store, article.storyId);
  return all.filter(({ _id }) => _id !== article._id);
}

/** The published articles of a story (at most 200), the one that stands for it first. */
export async function readStoryArticles(store: Store, storyId: string): Promise<ListedArticle[]> {
  const found = await store.collections.articles
    .find<ListedArticle>(
      { storyId },
      { projection: { html: 0, text: 0, evidence: 0, pending: 0, pendingAt: 0 } },
    )
    .limit(MOST)
    .map((article) => asEdited(article))
    .toArray();
  return found
    .filter(({ status }) => status === "published")
    .toSorted((a, b) => rank(a) - rank(b) || a.sortAt.getTime() - b.sortAt.getTime());
}

function rank(article: ListedArticle): number {
  if (article._id === article.storyId) return 0;
  return toVisible(article).listed ? 1 : 2;
}

/** Ids of a source's latest articles. */
export async function latestOf(
  store: Store,
  sourceId: string,
  now: Date,
  limit: number,
): Promise<string[]> {
  const found = await store.collections.articles
    .find({ sourceId, sortAt: { $gt: EPOCH, $lt: now } })
    .project<Pick<Article, "_id">>({ _id: 1 })
    .sort({ sortAt: -1 })
    .limit(limit)
    .toArray();
  return found.map(({ _id }) => _id);
}
