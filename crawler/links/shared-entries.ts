import type { Source } from "../../model/sources/source.ts";
import { bareHost, urlKey } from "./canonical-url.ts";
import { entryPoints } from "./entry-points.ts";
import { hostOf } from "./site.ts";

/** What tells where a source looks. */
export type Watching = Pick<Source, "id" | "feeds" | "sitemaps" | "listings"> &
  Partial<Pick<Source, "home">>;

/** Entry points that more than one source has, in words: each of their runs would take the other's links. */
export function sharedEntries(sources: readonly Watching[]): string[] {
  const found = new Map<string, { url: string; kind: string; ids: Set<string> }>();
  for (const source of sources) {
    for (const { url, kind } of entryPoints(source)) {
      const key = urlKey(url);
      const entry = found.get(key) ?? { url, kind, ids: new Set() };
      entry.ids.add(source.id);
      found.set(key, entry);
    }
  }
  return [...found.values()]
    .filter(({ ids }) => ids.size > 1)
    .map(({ url, kind, ids }) => {
      const who = [...ids].join(" and ");
      return `${who} have the same ${kind} ${url}: leave it to one of them`;
    });
}

/** Which sources have one of these entry points already, in words. */
export function watchersOf(sources: readonly Watching[], urls: readonly string[]): string[] {
  const keys = new Set(urls.map(urlKey));
  return sources.flatMap((source) => {
    const shared = entryPoints(source).find(({ url }) => keys.has(urlKey(url)));
    return shared ? [`${source.id} has this ${shared.kind} already: ${shared.url}`] : [];
  });
}

/** Which sources look at the host of an address, in words. */
export function watchersOfHost(sources: readonly Watching[], address: string): string[] {
  const host = folded(address);
  return sources.flatMap((source) => {
    const urls = [source.home ?? [], ...entryPoints(source).map(({ url }) => url)].flat();
    const there = urls.find((url) => folded(url) === host);
    return host !== null && there ? [`${source.id} watches this site already: ${there}`] : [];
  });
}

function folded(url: string): string | null {
  const host = hostOf(url);
  return host && bareHost(host);
}
