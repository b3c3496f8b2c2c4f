import type { Ruling } from "../model/story.ts";
import type { Store } from "./store.ts";

/** What is ruled of one article. */
export interface RulingOf {
  articleId: string;
  ruling: Ruling;
}

/** Notes rulings with the fingerprints of articles, whose standings are stale then; twice is once. */
export async function addRulings(store: Store, rulings: RulingOf[], now: Date): Promise<void> {
  if (rulings.length === 0) return;
  await store.collections.fingerprints.bulkWrite(
    rulings.map(({ articleId, ruling }) => ({
      updateOne: {
        filter: { _id: articleId, "rulings.id": { $ne: ruling.id } },
        update: { $push: { rulings: ruling }, $set: { staleAt: now }, $inc: { version: 1 } },
      },
    })),
    { ordered: false },
  );
}

/** Takes rulings off the fingerprints of articles, whose standings are stale then. */
export async function dropRulings(store: Store, rulings: RulingOf[], now: Date): Promise<void> {
  if (rulings.length === 0) return;
  await store.collections.fingerprints.bulkWrite(
    rulings.map(({ articleId, ruling }) => ({
      updateOne: {
        filter: { _id: articleId, "rulings.id": ruling.id },
        update: {
          $pull: { rulings: { id: ruling.id } },
          $set: { staleAt: now },
          $inc: { version: 1 },
        },
      },
    })),
    { ordered: false },
  );
}
