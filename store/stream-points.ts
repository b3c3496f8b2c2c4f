import type { Change } from "../model/change.ts";
import { headSeq } from "./changes.ts";
import type { Store } from "./store.ts";

/** Number before the oldest change that is kept. */
export async function tailSeq({ collections }: Store): Promise<number> {
  return (await collections.meta.findOne({ _id: "tail" }))?.value ?? 0;
}

/** When a change was made; null when it is not there. */
export async function changedAt({ collections }: Store, seq: number): Promise<Date | null> {
  const found = await collections.changes.findOne<Pick<Change, "at">>(
    { seq },
    { projection: { at: 1 } },
  );
  return found?.at ?? null;
}

/** Number before the first change made at `time` or later: times grow along the stream, so it is halved. */
export async function seqAt(store: Store, time: Date): Promise<number> {
  let [before, after] = [await tailSeq(store), await headSeq(store)];
  while (before < after) {
    const middle = Math.ceil((before + after) / 2);
    const at = await changedAt(store, middle);
    if (at === null || at < time) before = middle;
    else after = middle - 1;
  }
  return before;
}
