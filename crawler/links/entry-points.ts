import { type EntryPointsByField, listEntryPoints } from "../../model/crawl/entry-points.ts";
import type { FoundLink } from "../../model/crawl/link.ts";
import type { Source } from "../../model/sources/source.ts";
import { bareHost, hostOf, isHostAmong, sameSite, urlKey } from "./url.ts";

export function entryPoints(source: EntryPointsByField): FoundLink[] {
  return listEntryPoints(source).map(({ kind, url }) => ({ url, kind, page: 1, hints: {} }));
}

/** The parts of a source that determine which hosts belong to the source. */
export type Owning = EntryPointsByField & Pick<Source, "home" | "allowHosts">;

/** Returns the URLs that a source declares: its home page, if it has one, then its entry points. */
export function urlsOf(source: EntryPointsByField & Pick<Partial<Source>, "home">): string[] {
  const urls = listEntryPoints(source).map(({ url }) => url);
  return source.home ? [source.home, ...urls] : urls;
}

export function ownHosts(source: Owning): string[] {
  const all = urlsOf(source);
  const [first] = all;
  if (first === undefined) return [];
  const own = all.filter((url) => sameSite(first, url));
  return [...new Set(own.flatMap((url) => hostOf(url) ?? []))];
}

export function isOurs(
  { home, allowHosts }: Pick<Owning, "home" | "allowHosts">,
  from: string,
  target: URL,
): boolean {
  if (isHostAmong(target.hostname, allowHosts)) return true;
  return sameSite(from, target.href) || sameSite(home ?? from, target.href);
}

/** The parts of a source that identify the source and its site. */
export type Watching = EntryPointsByField & Pick<Source, "id"> & Partial<Pick<Source, "home">>;

/** Returns a warning for each entry point that more than one of the sources declares. */
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
      return `${who} have the same ${kind} ${url}: keep the URL in only one of these sources`;
    });
}

/** Returns a message for each source that already has one of `urls` as an entry point. */
export function watchersOf(sources: readonly Watching[], urls: readonly string[]): string[] {
  const keys = new Set(urls.map(urlKey));
  return sources.flatMap((source) => {
    const shared = entryPoints(source).find(({ url }) => keys.has(urlKey(url)));
    return shared ? [`the source ${source.id} already has this ${shared.kind}: ${shared.url}`] : [];
  });
}

export function watchersOfHost(sources: readonly Watching[], address: string): string[] {
  const host = folded(address);
  return sources.flatMap((source) => {
    const there = urlsOf(source).find((url) => folded(url) === host);
    return host !== null && there
      ? [`the source ${source.id} already watches this site: ${there}`]
      : [];
  });
}

function folded(url: string): string | null {
  const host = hostOf(url);
  return host && bareHost(host);
}
