import type { Recall } from "../model/recall.ts";
import type { Store } from "./store.ts";

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
