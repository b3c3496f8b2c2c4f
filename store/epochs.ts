import { epochAfter, type Restore } from "../model/epoch.ts";
import { headSeq } from "./changes.ts";
import type { Store } from "./store.ts";

/**
 * Backups that were put in the store's place, oldest first. What was read before, from a higher
 * number on, is not what stands there now.
 */
export async function readRestores({ collections: { meta } }: Store): Promise<Restore[]> {
  const count = (await meta.findOne({ _id: "epoch" }))?.value ?? 0;
  const restores: Restore[] = [];
  for (let n = 1; n <= count; n++) {
    const seq = (await meta.findOne({ _id: `epoch:${n}` }))?.value ?? 0;
    // Stores restored before epochs had names of their own counted them.
    const epoch = (await meta.findOne({ _id: `epoch:${n}:name` }))?.value ?? n;
    restores.push({ epoch, seq });
  }
  return restores;
}

/**
 * Begins another epoch of the stream at its head. Its name is the time in seconds: a backup that is
 * restored twice gives two epochs, though it knows of neither.
 */
export async function addEpoch(store: Store, now: Date): Promise<void> {
  const restores = await readRestores(store);
  const n = restores.length + 1;
  const epoch = Math.max(epochAfter(restores) + 1, Math.floor(now.getTime() / 1000));
  const facts = { [`epoch:${n}`]: await headSeq(store), [`epoch:${n}:name`]: epoch, epoch: n };
  for (const [_id, value] of Object.entries(facts)) {
    await store.collections.meta.updateOne({ _id }, { $set: { value } }, { upsert: true });
  }
}
