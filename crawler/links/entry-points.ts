import type { FoundLink } from "../../model/crawl/link.ts";
import type { Source } from "../../model/sources/source.ts";

/** The links that each run of a source begins with: its feeds, sitemaps and listings. */
export function entryPoints(source: Pick<Source, "feeds" | "sitemaps" | "listings">): FoundLink[] {
  return [
    ...source.feeds.map((url) => entry("feed", url)),
    ...source.sitemaps.map((url) => entry("sitemap", url)),
    ...source.listings.map((listing) => entry("listing", listing.url)),
  ];
}

function entry(kind: FoundLink["kind"], url: string): FoundLink {
  return { url, kind, page: 1, hints: {} };
}
