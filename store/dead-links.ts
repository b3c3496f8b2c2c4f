import type { Link } from "../model/link.ts";
import { furtherBack, soon } from "./latest.ts";
import type { Store } from "./store.ts";

/** How far back dead letters are looked for, ms. */
const BACK = 365 * 86_400_000;

/** Dead letters, newest first; of one source, with one cause or given up before a time, where asked. At most `limit`. */
export function deadLinks(
  store: Store,
  now: Date,
  wanted: { sourceId?: string; cause?: string; before?: Date; limit: number },
): Promise<Link[]> {
  const { sourceId, cause, before = soon(now), limit } = wanted;
  const all = sourceId === undefined && cause === undefined;
  return furtherBack({ before, limit, most: BACK }, async (doneAt, left) => {
    // The index serves state and time alone; what else is asked for is told apart here.
    const cursor = store.collections.links.find({ state: "dead", doneAt }).sort({ doneAt: -1 });
    if (all) return cursor.limit(left).toArray();
    const found: Link[] = [];
    for await (const link of cursor) {
      if (sourceId !== undefined && link.sourceId !== sourceId) continue;
      if (cause !== undefined && link.reason !== cause) continue;
      found.push(link);
      if (found.length === left) break;
    }
    return found;
  });
}
