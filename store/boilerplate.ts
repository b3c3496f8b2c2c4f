import type { Boilerplate, Learnt } from "../model/boilerplate.ts";
import type { Store } from "./store.ts";

/** What is learnt of sources, by source id. */
export async function readBoilerplate(
  store: Store,
  sourceIds: string[],
): Promise<Map<string, Boilerplate>> {
  const found = await store.collections.boilerplate.find({ _id: { $in: sourceIds } }).toArray();
  return new Map(found.map((one) => [one._id, one]));
}

/** The keys of a source's boilerplate. */
export async function boilerplateKeys(store: Store, sourceId: string): Promise<string[]> {
  const one = await store.collections.boilerplate.findOne(
    { _id: sourceId },
    { projection: { "known.key": 1 } },
  );
  return one?.known.map(({ key }) => key) ?? [];
}

/** What is added to a source's boilerplate. */
export interface BoilerplateAddition {
  sourceId: string;
  recent: Boilerplate["recent"];
  known: Learnt[];
}

/** Adds to what is learnt, the oldest beyond the bounds going; other processes' additions stay. */
export async function addBoilerplate(
  store: Store,
  additions: BoilerplateAddition[],
  bounds: { recent: number; known: number },
): Promise<void> {
  if (additions.length === 0) return;
  await store.collections.boilerplate.bulkWrite(
    additions.map(({ sourceId, recent, known }) => ({
      updateOne: {
        filter: { _id: sourceId },
        update: {
          $push: {
            recent: { $each: recent, $slice: -bounds.recent },
            known: { $each: known, $slice: -bounds.known },
          },
        },
        upsert: true,
      },
    })),
    { ordered: false },
  );
}
