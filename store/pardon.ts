import type { Link } from "../model/link.ts";
import type { Store } from "./store.ts";

/** Puts links back that were settled at `doneAt`; one that was touched since then stays as it is. */
export async function pardonLinks(
  store: Store,
  pardons: { id: string; doneAt: Date; set: Partial<Omit<Link, "_id">> }[],
): Promise<void> {
  if (pardons.length === 0) return;
  await store.collections.links.bulkWrite(
    pardons.map(({ id, doneAt, set }) => ({
      updateOne: { filter: { _id: id, doneAt, claim: null }, update: { $set: set } },
    })),
    { ordered: false },
  );
}
