import { cached } from "../../lib/cache.ts";
import { shortHash } from "../../lib/hash.ts";
import { clicksOf } from "../../store/clicks.ts";
import type { ServerDeps } from "./config.ts";
import type { Snapshot } from "./snapshot.ts";

/** A count is shown for so long, ms: pages would be made anew with every click otherwise. */
const COUNTED = 60_000;

/** Makes a reader of what pages of a portal that shows clicks stand on: with those of the day, as of the last minute. */
export function followedReader(
  { store }: Pick<ServerDeps, "store">,
  read: () => Promise<Snapshot>,
): () => Promise<Snapshot> {
  const days = cached((day) => clicksOf(store, day), { ttl: COUNTED, size: 1 });
  return async () => {
    const snapshot = await read();
    const followed = await days.get(snapshot.today);
    return { ...snapshot, followed, stamp: shortHash(`${snapshot.stamp}.${followed}`) };
  };
}
