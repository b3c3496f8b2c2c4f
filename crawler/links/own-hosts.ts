import type { Source } from "../../model/sources/source.ts";
import { hostOf, sameSite } from "./site.ts";

/** What of a source tells which hosts are its own. */
export type Owning = Pick<Source, "home" | "feeds" | "sitemaps" | "listings" | "allowHosts">;

/** A source's own addresses. */
export function addressesOf({ home, feeds, sitemaps, listings }: Owning): string[] {
  return [...(home ? [home] : []), ...feeds, ...sitemaps, ...listings.map(({ url }) => url)];
}

/** Hosts of the source's addresses that belong to its own site: a feed may lie with a service. */
export function ownHosts(source: Owning): string[] {
  const all = addressesOf(source);
  const [first] = all;
  if (first === undefined) return [];
  const own = all.filter((url) => sameSite(first, url));
  return [...new Set(own.flatMap((url) => hostOf(url) ?? []))];
}

/** Whether an address that `from` led to is the source's still: of the same site, or a host that it names as its own. */
export function isOurs(
  { home, allowHosts }: Pick<Owning, "home" | "allowHosts">,
  from: string,
  target: URL,
): boolean {
  if (allowHosts.includes(target.hostname)) return true;
  return sameSite(from, target.href) || sameSite(home ?? from, target.href);
}
