import type { Article } from "../../model/articles/article.ts";
import type { Revision } from "../../model/articles/revision.ts";
import { findIn, groupByArticle } from "../queries.ts";
import type { Store } from "../store.ts";
import { withRevisionTexts } from "./articles.ts";

const MAX_REVISIONS = 200;

export function readRevisions(store: Store, articleId: string): Promise<RevisionRow[]> {
  return store.collections.revisions
    .find<RevisionRow>(
      { articleId, revision: { $gte: 1, $lt: Number.MAX_SAFE_INTEGER } },
      { projection: { "fields.text": 0, "fields.html": 0, "fields.teaser": 0 } },
    )
    .sort({ revision: 1 })
    .limit(MAX_REVISIONS)
    .toArray();
}

export type RevisionRow = Omit<Revision, "fields"> & { fields: Pick<Revision["fields"], "title"> };

export async function getRevision(
  store: Store,
  articleId: string,
  revision: number,
): Promise<Revision | null> {
  const found = await store.collections.revisions.findOne({ _id: `${articleId}:${revision}` });
  const [whole = null] = await withRevisionTexts(store, found ? [found] : []);
  return whole;
}

/**
 * Returns revisions by article id. Only revisions whose long text is stored in the collection
 * `texts` have HTML.
 */
export async function revisionsOfArticles(
  store: Store,
  ids: readonly string[],
): Promise<Map<string, Revision[]>> {
  const projection = { "fields.html": 0 };
  const found = await findIn(store.collections.revisions, "articleId", ids, { projection });
  return groupByArticle(await withRevisionTexts(store, found));
}

/**
 * Returns revisions by id (`articleId:revision`). Only revisions whose long text is stored in the
 * collection `texts` have HTML.
 */
export async function readRevisionTexts(
  store: Store,
  ids: readonly string[],
): Promise<Map<string, Revision>> {
  const projection = { "fields.html": 0 };
  const found = await findIn(store.collections.revisions, "_id", ids, { projection });
  const whole = await withRevisionTexts(store, found);
  return new Map(whole.map((revision) => [revision._id, revision]));
}

/** Returns the revisions whose content differs from the article's current one, by article id. */
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
