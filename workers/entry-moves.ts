import { urlKey } from "../discover/canonical-url.ts";
import { entryPoints } from "../discover/entry-points.ts";
import { movedAfter } from "../health/moved.ts";
import type { Moved, SourceRecord } from "../model/source.ts";
import { entryLinks } from "../store/links.ts";
import type { Store } from "../store/store.ts";

/** What of a source's entry points has moved, after a run. */
export async function movesOf(store: Store, source: SourceRecord, now: Date): Promise<Moved[]> {
  const ids = entryPoints(source).map(({ url }) => urlKey(url));
  return movedAfter(source.moved ?? [], await entryLinks(store, ids), now);
}
