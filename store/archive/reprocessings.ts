import type { Progress, Reprocessing } from "../../model/archive/reprocessing.ts";
import { changeOne, ignoreDuplicates } from "../queries.ts";
import type { Store } from "../store.ts";

/** Stores a reprocessing, or takes over the one with the same id. Returns it as stored. */
export async function takeReprocessing(store: Store, fresh: Reprocessing): Promise<Reprocessing> {
  const { reprocessings } = store.collections;
  await ignoreDuplicates(reprocessings.insertMany([fresh]));
  const { _id, owner } = fresh;
  await reprocessings.updateOne({ _id }, { $set: { owner } });
  return (await reprocessings.findOne({ _id })) ?? fresh;
}

/** Stores a reprocessing's progress. Throws if another process has taken it over or ended it. */
export async function keepReprocessing(
  store: Store,
  { _id, owner }: Reprocessing,
  state: { done: Progress; planned: Progress | null },
): Promise<void> {
  if (await changeOne(store.collections.reprocessings, { _id, owner }, { $set: state })) return;
  throw new Error(
    "another process has taken over this reprocessing: see the output of that process",
  );
}

export async function endReprocessing(store: Store, { _id }: Reprocessing): Promise<void> {
  await store.collections.reprocessings.deleteOne({ _id });
}
