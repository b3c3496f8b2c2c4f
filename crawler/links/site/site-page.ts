import type { Document } from "domhandler";
import { languageCode } from "../../../lib/codes.ts";
import { isGzip } from "../../../lib/text.ts";
import { type EntryPointKind, NO_ENTRY_POINTS } from "../../../model/crawl/entry-points.ts";
import type { Discovery } from "../../../model/crawl/link.ts";
import type { Listing } from "../../../model/sources/source.ts";
import { type DiscoverInput, discover } from "../discover.ts";
import { FEED_ROOTS, rootName } from "../feed.ts";
import { parsePage } from "../hints.ts";
import { lineOf } from "../infer/dom.ts";
import { attributeOf } from "../infer/fields.ts";
import { inferListing } from "../infer/listing.ts";
import { dateLanguage } from "../published-at.ts";
import { select } from "../selector.ts";
import { type NamedPage, namedBy } from "./named-pages.ts";

export type SitePageInput = Pick<
  DiscoverInput,
  "body" | "text" | "contentType" | "url" | "now" | "limits"
> & {
  home: string;
  /** Depth of a sitemap: 1 at the top, 2 if a sitemap of depth 1 lists it, and so on. */
  page: number;
};

export interface SitePage {
  kind: EntryPointKind;
  /** The document's links, filtered as for a source's entry point. */
  discovery: Discovery;
  /** Inferred selectors; null for a feed or sitemap, and for a page that lists nothing. */
  listing: Listing | null;
  namedPages: NamedPage[];
  /** BCP 47, with the region if a web page declares one: the region decides how to read dates. */
  language: string | null;
  title: string | null;
}

export function readSitePage(input: SitePageInput): SitePage {
  const { body, text, contentType, url, home, now } = input;
  const kind = kindOf(body, text, contentType);
  const scope = {
    home,
    ...NO_ENTRY_POINTS,
    include: [],
    exclude: [],
    allowHosts: [],
  };
  if (kind !== "listing") {
    const source = { ...scope, language: undefined };
    const discovery = discover({ ...input, kind, source });
    const language = discovery.links.find(({ hints }) => hints.language)?.hints.language ?? null;
    return { kind, discovery, listing: null, namedPages: [], language, title: null };
  }
  const document = parsePage(text);
  const language = languageOf(document);
  const stated = language ?? undefined;
  const listing = inferListing(document, url, { language: dateLanguage(stated, url), now });
  const source = { ...scope, listings: listing ? [listing] : [], language: stated };
  const discovery = discover({ ...input, kind, source });
  const [title] = select("title", document);
  const namedPages = namedBy(document, url);
  return { kind, discovery, listing, namedPages, language, title: title ? lineOf(title) : null };
}

function kindOf(body: Uint8Array, text: string, type: string | null): SitePage["kind"] {
  if (isGzip(body)) return "sitemap";
  const root = rootName(text.slice(0, 20_000));
  if (root !== null && FEED_ROOTS.has(root)) return "feed";
  if (root === "urlset" || root === "sitemapindex") return "sitemap";
  const json = /^\s*\{/.test(text) && /json/i.test(type ?? "json");
  return json && text.slice(0, 2000).includes("jsonfeed.org") ? "feed" : "listing";
}

function languageOf(document: Document): string | null {
  const [page] = select("html", document);
  const [meta] = select('meta[http-equiv="content-language"], meta[name="language"]', document);
  const declared =
    (page && attributeOf(page, "lang")) || (meta && attributeOf(meta, "content")) || "";
  const [tag, primary = ""] = /^([a-z]{2,3})(?:[-_][a-z0-9]+)*$/i.exec(declared.trim()) ?? [];
  return tag === undefined ? null : (languageCode(tag) ?? languageCode(primary));
}
