import type { Collection } from "mongodb";
import type { Store } from "../../store/store.ts";

/** Records the content of a store. Returns a function that restores it. */
export async function keepAsItIs({ collections }: Store): Promise<() => Promise<void>> {
  const saved = await Promise.all(
    Object.values(collections as unknown as Record<string, Collection>).map(async (each) => {
      return [each, await each.find().toArray()] as const;
    }),
  );
  return async () => {
    for (const [each, documents] of saved) {
      await each.deleteMany({});
      if (documents.length > 0) await each.insertMany(documents);
    }
  };
}
