import type { Revision } from "../model/revision.ts";
import type { Store } from "./store.ts";
import { withRevisionTexts } from "./texts.ts";

/** Revisions of one article that are listed. */
const MOST = 200;

/** The revisions of an article without what they say but their title, the first one first. */
export function readRevisions(store: Store, articleId: string): Promise<RevisionRow[]> {
  return store.collections.revisions
    .find<RevisionRow>(
      { articleId, revision: { $gte: 1, $lt: Number.MAX_SAFE_INTEGER } },
      { projection: { "fields.text": 0, "fields.html": 0, "fields.teaser": 0 } },
    )
    .sort({ revision: 1 })
    .limit(MOST)
    .toArray();
}

export type RevisionRow = Omit<Revision, "fields"> & { fields: Pick<Revision["fields"], "title"> };

/** One revision of an article; null when there is none of this number. */
export async function getRevision(
  store: Store,
  articleId: string,
  revision: number,
): Promise<Revision | null> {
  const found = await store.collections.revisions.findOne({ _id: `${articleId}:${revision}` });
  const [whole = null] = await withRevisionTexts(store, found ? [found] : []);
  return whole;
}
