import type { Recall } from "../../model/sources/recall.ts";
import type { Store } from "../store.ts";

/** Keeps the latest comparison of a source. */
export async function saveRecall(store: Store, recall: Recall): Promise<void> {
  await store.collections.recalls.replaceOne({ _id: recall._id }, recall, { upsert: true });
}

export function getRecall(store: Store, sourceId: string): Promise<Recall | null> {
  return store.collections.recalls.findOne({ _id: sourceId });
}

/** The latest comparison of each source, without what was missed; at most 1,000. */
export function listRecalls(store: Store): Promise<Omit<Recall, "missed">[]> {
  return store.collections.recalls
    .find({}, { projection: { missed: 0 } })
    .limit(1000)
    .toArray();
}

/** What each source's latest comparison came to. */
export type Compared = Pick<Recall, "_id" | "published" | "stored">;

/** The same in numbers alone; at most 20,000. */
export function comparedSources({ collections: { recalls } }: Store): Promise<Compared[]> {
  const projection = { published: 1, stored: 1 };
  return recalls.find<Compared>({}, { projection }).limit(20_000).toArray();
}
