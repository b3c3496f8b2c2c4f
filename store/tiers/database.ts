import type { Filter } from "mongodb";
import type { BodyRecord } from "../../model/crawl/capture.ts";
import { writeEach } from "../queries.ts";
import type { Store } from "../store.ts";
import type { BodyStore } from "./tier.ts";

/** Returns the tier in the database. Listing it reads all of its bodies. */
export function databaseTier({ collections: { bodies } }: Pick<Store, "collections">): BodyStore {
  return {
    async put(id, bytes) {
      await bodies.updateOne({ _id: id }, { $set: { bytes } });
    },
    async get(id) {
      const options = { promoteBuffers: true, projection: { bytes: 1 } };
      return (await bodies.findOne({ _id: id }, options))?.bytes ?? null;
    },
    async remove(ids) {
      await writeEach(bodies, ids, (_id) => {
        // Keeps the bytes of a body that was stored again in the meantime: its record then names no
        // other tier.
        const filter: Filter<BodyRecord> = { _id, tier: { $exists: true } };
        return { updateOne: { filter, update: { $unset: { bytes: "" as const } } } };
      });
    },
    async *list(prefix) {
      const all = bodies.find({}, { promoteBuffers: true }).batchSize(50);
      for await (const { _id: id, bytes, storedAt: at } of all) {
        if (bytes && id.startsWith(prefix)) yield { id, length: bytes.length, at };
      }
    },
  };
}
