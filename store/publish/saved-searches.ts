import type { SavedSearch } from "../../model/publish/search.ts";
import type { Store } from "../store.ts";

const MAX_SEARCHES = 500;

/** Returns the saved searches, sorted by name; at most 500. */
export function listSearches({ collections }: Store): Promise<SavedSearch[]> {
  return collections.searches.find().sort({ _id: 1 }).limit(MAX_SEARCHES).toArray();
}

export function getSearch({ collections }: Store, name: string): Promise<SavedSearch | null> {
  return collections.searches.findOne({ _id: name });
}

export async function putSearch({ collections }: Store, search: SavedSearch): Promise<void> {
  const { _id, ...rest } = search;
  await collections.searches.replaceOne({ _id }, rest, { upsert: true });
}

export async function dropSearch({ collections }: Store, name: string): Promise<boolean> {
  return (await collections.searches.deleteOne({ _id: name })).deletedCount > 0;
}
