import type { View } from "../../model/publish/filter.ts";
import type { Store } from "../store.ts";

/** Every process that reads the stream holds all views in memory. */
export const MAX_VIEWS = 500;

export function listViews(store: Store): Promise<View[]> {
  return store.collections.views.find().sort({ _id: 1 }).limit(MAX_VIEWS).toArray();
}

export function getView(store: Store, id: string): Promise<View | null> {
  return store.collections.views.findOne({ _id: id });
}

export async function putView(store: Store, view: View): Promise<void> {
  await store.collections.views.replaceOne({ _id: view._id }, view, { upsert: true });
}

export async function removeView(store: Store, id: string): Promise<boolean> {
  return (await store.collections.views.deleteOne({ _id: id })).deletedCount > 0;
}
