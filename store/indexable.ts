import type { Article } from "../model/article.ts";
import type { Revision } from "../model/revision.ts";
import { findIn } from "./find-in.ts";
import type { Store } from "./store.ts";

/** An article without what full text leaves aside. */
export type IndexableArticle = Omit<Article, "html" | "evidence" | "pending" | "pendingAt">;

/** Articles by id as full text needs them, in no order; those that are gone are missing. */
export function readIndexable(store: Store, ids: readonly string[]): Promise<IndexableArticle[]> {
  const projection = { html: 0, evidence: 0, pending: 0, pendingAt: 0 };
  return findIn(store.collections.articles, "_id", ids, { projection });
}

/** Revisions by id (`articleId:revision`), without their markup. */
export async function readRevisionTexts(
  store: Store,
  ids: readonly string[],
): Promise<Map<string, Revision>> {
  const projection = { "fields.html": 0 };
  const found = await findIn(store.collections.revisions, "_id", ids, { projection });
  return new Map(found.map((revision) => [revision._id, revision]));
}

/** The revisions of articles that say something else than they do now, by article. */
export async function earlierRevisions(
  store: Store,
  articles: readonly Pick<Article, "_id" | "revision" | "contentHash">[],
): Promise<Map<string, Revision[]>> {
  const revised = new Map(
    articles.filter(({ revision }) => revision > 1).map((article) => [article._id, article]),
  );
  const found = await findIn(store.collections.revisions, "articleId", [...revised.keys()], {
    projection: { "fields.html": 0 },
  });
  const earlier = found.filter(({ articleId, contentHash }) => {
    return contentHash !== revised.get(articleId)?.contentHash;
  });
  const byArticle = new Map<string, Revision[]>();
  for (const one of earlier) {
    byArticle.set(one.articleId, [...(byArticle.get(one.articleId) ?? []), one]);
  }
  return byArticle;
}
