import type { Draft } from "../../model/articles/correction.ts";
import type { Store } from "../store.ts";

/** Stores a draft. It replaces the article's earlier draft in the same language. */
export async function keepDraft({ collections }: Store, draft: Omit<Draft, "_id">): Promise<void> {
  const _id = `${draft.articleId} ${draft.language}`;
  await collections.drafts.replaceOne({ _id }, draft, { upsert: true });
}

/** Returns the drafts of an article, sorted by language; at most 100. */
export async function draftsOf({ collections }: Store, articleId: string): Promise<Draft[]> {
  const found = await collections.drafts.find({ articleId }).limit(100).toArray();
  return found.toSorted((a, b) => (a.language < b.language ? -1 : 1));
}

export async function dropDraft(
  { collections }: Store,
  articleId: string,
  language: string,
): Promise<void> {
  await collections.drafts.deleteOne({ _id: `${articleId} ${language}` });
}
