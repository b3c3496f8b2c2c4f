import type { Article } from "../model/article.ts";
import { asEdited } from "../model/editorial.ts";
import type { Revision } from "../model/revision.ts";
import { findIn } from "./find-in.ts";
import { revisionsOfArticles } from "./history.ts";
import type { Store } from "./store.ts";
import { withRevisionTexts, withTexts } from "./texts.ts";

/** An article without what full text leaves aside. */
export type IndexableArticle = Omit<Article, "html" | "evidence" | "pending" | "pendingAt">;

/** Articles by id as full text needs them, in their editors' words, in no order; those that are gone are missing. */
export async function readIndexable(
  store: Store,
  ids: readonly string[],
): Promise<IndexableArticle[]> {
  const projection = { html: 0, evidence: 0, pending: 0, pendingAt: 0 };
  const found = await findIn(store.collections.articles, "_id", ids, { projection });
  return (await withTexts(store, found)).map((article) => asEdited(article));
}

/** Revisions by id (`articleId:revision`), without their markup. */
export async function readRevisionTexts(
  store: Store,
  ids: readonly string[],
): Promise<Map<string, Revision>> {
  const projection = { "fields.html": 0 };
  const found = await findIn(store.collections.revisions, "_id", ids, { projection });
  const whole = await withRevisionTexts(store, found);
  return new Map(whole.map((revision) => [revision._id, revision]));
}

/** The revisions of articles that say something else than they do now, by article. */
export async function earlierRevisions(
  store: Store,
  articles: readonly Pick<Article, "_id" | "revision" | "contentHash">[],
): Promise<Map<string, Revision[]>> {
  const revised = new Map(
    articles.filter(({ revision }) => revision > 1).map((article) => [article._id, article]),
  );
  const found = await revisionsOfArticles(store, [...revised.keys()]);
  const earlier = [...found].map(([id, revisions]) => {
    const now = revised.get(id)?.contentHash;
    return [id, revisions.filter(({ contentHash }) => contentHash !== now)] as const;
  });
  return new Map(earlier);
}
