import type { Collection, Filter, UpdateFilter } from "mongodb";
import type { Bookmark, Consumer } from "../../model/publish/consumer.ts";
import { changeOne, ignoreDuplicates } from "../queries.ts";
import type { Store } from "../store.ts";

export function addConsumer(store: Store, consumer: Consumer): Promise<boolean> {
  return ignoreDuplicates(store.collections.consumers.insertOne(consumer));
}

export function getConsumer(store: Store, name: string): Promise<Consumer | null> {
  return store.collections.consumers.findOne({ _id: name });
}

/** Returns the first 1,000 consumers, sorted by name. */
export function listConsumers(store: Store): Promise<Consumer[]> {
  return store.collections.consumers.find().sort({ _id: 1 }).limit(1000).toArray();
}

export async function removeConsumer(store: Store, name: string): Promise<boolean> {
  return (await store.collections.consumers.deleteOne({ _id: name })).deletedCount > 0;
}

/** Updates a consumer or subscriber; returns false if another process has changed it. */
export function moveBookmark<Doc extends Bookmark & { _id: string }>(
  collection: Collection<Doc>,
  { _id, version }: Pick<Doc, "_id" | "version">,
  set: Partial<Doc>,
): Promise<boolean> {
  const update = { $set: set, $inc: { version: 1 } } as unknown as UpdateFilter<Doc>;
  return changeOne(collection, { _id, version } as Filter<Doc>, update);
}
