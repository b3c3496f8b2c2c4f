import { randomUUID } from "node:crypto";
import type { Intent } from "../../model/articles/correction.ts";
import { readDue } from "../queries.ts";
import type { Store } from "../store.ts";

/** Records an operation until `act` succeeds; upkeep finishes an operation that is interrupted. */
export async function withIntent<Result>(
  store: Store,
  intent: Omit<Intent, "_id">,
  act: () => Promise<Result>,
): Promise<Result> {
  const _id = randomUUID();
  await store.collections.intents.insertOne({ _id, ...intent });
  const result = await act();
  await endIntent(store, _id);
  return result;
}

/** Returns up to `limit` unfinished operations that were recorded before `until`, oldest first. */
export function unfinishedIntents(store: Store, until: Date, limit: number): Promise<Intent[]> {
  return readDue(store.collections.intents, "at", { now: until, limit });
}

export async function endIntent(store: Store, id: string): Promise<void> {
  await store.collections.intents.deleteOne({ _id: id });
}
