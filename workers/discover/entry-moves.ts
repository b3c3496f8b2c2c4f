import { urlKey } from "../../crawler/links/canonical-url.ts";
import { entryPoints } from "../../crawler/links/entry-points.ts";
import type { Moved, SourceRecord } from "../../model/sources/source.ts";
import { movedAfter } from "../../sources/discovery/moved.ts";
import { entryLinks } from "../../store/crawl/links.ts";
import type { Store } from "../../store/store.ts";

/** What of sources' entry points has moved, after a run; by source. */
export async function movesOf(
  store: Store,
  sources: readonly SourceRecord[],
  now: Date,
): Promise<Map<string, Moved[]>> {
  const keys = new Map(
    sources.map((source) => [source._id, entryPoints(source).map(({ url }) => urlKey(url))]),
  );
  const links = await entryLinks(store, [...keys.values()].flat());
  const byKey = new Map(links.map((link) => [link._id, link]));
  return new Map(
    sources.map((source) => {
      const own = (keys.get(source._id) ?? []).flatMap((key) => byKey.get(key) ?? []);
      return [source._id, movedAfter(source.moved ?? [], own, now)];
    }),
  );
}
