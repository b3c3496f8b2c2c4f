import { headSeq } from "./changes.ts";
import type { Store } from "./store.ts";

/**
 * Heads of the stream at which a backup was put in the store's place, oldest first. What was read
 * before, from a higher number on, is not what stands there now.
 */
export async function restorePoints({ collections }: Store): Promise<number[]> {
  const count = (await collections.meta.findOne({ _id: "epoch" }))?.value ?? 0;
  const points: number[] = [];
  for (let epoch = 1; epoch <= count; epoch++) {
    points.push((await collections.meta.findOne({ _id: `epoch:${epoch}` }))?.value ?? 0);
  }
  return points;
}

/** Begins another epoch of the stream at its head. */
export async function addEpoch(store: Store): Promise<void> {
  const { meta } = store.collections;
  const points = await restorePoints(store);
  const epoch = points.length + 1;
  const head = await headSeq(store);
  await meta.updateOne({ _id: `epoch:${epoch}` }, { $set: { value: head } }, { upsert: true });
  await meta.updateOne({ _id: "epoch" }, { $set: { value: epoch } }, { upsert: true });
}
