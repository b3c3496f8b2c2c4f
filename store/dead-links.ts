import type { Link } from "../model/link.ts";
import { furtherBack } from "./latest.ts";
import type { Store } from "./store.ts";

const DAY = 86_400_000;
/** How far back dead letters are looked for, growing until enough are found. */
const WINDOWS = [DAY / 4, 2 * DAY, 30 * DAY, 365 * DAY];

/** Dead letters, newest first; of one source, or with one cause, where asked. At most `limit`. */
export function deadLinks(
  store: Store,
  now: Date,
  wanted: { sourceId?: string; cause?: string; limit: number },
): Promise<Link[]> {
  const { sourceId, cause, limit } = wanted;
  return furtherBack({ now, limit, windows: WINDOWS }, async (doneAt) => {
    // The index serves state and time alone; what else is asked for is told apart here.
    const cursor = store.collections.links.find({ state: "dead", doneAt }).sort({ doneAt: -1 });
    const found: Link[] = [];
    for await (const link of cursor) {
      if (sourceId !== undefined && link.sourceId !== sourceId) continue;
      if (cause !== undefined && link.reason !== cause) continue;
      found.push(link);
      if (found.length === limit) break;
    }
    return found;
  });
}
