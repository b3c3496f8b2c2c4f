import { gzipSync } from "node:zlib";
import { encode } from "./charset.ts";
import { humanDate, isoIn, rfc822 } from "./dates.ts";
import { type FeedItem, feedOf } from "./feeds.ts";
import { labelsOf } from "./labels-world.ts";
import type { Reply, SiteSpec } from "./site.ts";
import { escape } from "./text.ts";

/** Items on each page of a listing. */
const PER_PAGE = 3;

/** The HTML reply of a site, in its charset, declared where the site declares it. */
export function page(spec: SiteSpec, markup: string): Reply {
  const charset = spec.charset ?? "utf-8";
  const declared = spec.charsetIn === "meta" ? "" : `; charset=${charset}`;
  return {
    status: 200,
    headers: { "content-type": `text/html${declared}` },
    body: encode(markup, charset),
  };
}

/** The pages that announce a site's articles, by path: feeds, sitemaps or listings. */
export function entryReplies(spec: SiteSpec, items: FeedItem[], base: string): Map<string, Reply> {
  if (spec.entry === "news-sitemap") return sitemaps(spec, items, base);
  if (spec.entry === "listing") return listings(spec, items);
  return new Map([[feedPath(spec), feedOf(spec, items, base)]]);
}

/** Where a site's feed is. */
export function feedPath(spec: SiteSpec): string {
  if (spec.entry === "atom") return "/atom.xml";
  if (spec.entry === "json") return "/feed.json";
  return spec.entry === "rss1" ? "/index.rdf" : "/rss.xml";
}

function urlset(urls: string[]): Uint8Array {
  return gzipSync(`<?xml version="1.0" encoding="UTF-8"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">
${urls.join("\n")}
</urlset>`);
}

function sitemaps(spec: SiteSpec, items: FeedItem[], base: string): Map<string, Reply> {
  const entries = items.map(
    (item) => `<url><loc>${escape(item.url)}</loc>
<news:news><news:publication><news:name>${escape(spec.name)}</news:name><news:language>${spec.language}</news:language></news:publication>
<news:publication_date>${isoIn(item.published, spec.zone)}</news:publication_date>
<news:title>${escape(item.title)}</news:title></news:news></url>`,
  );
  const half = Math.ceil(entries.length / 2);
  const newest = items[0]?.published ?? new Date(0);
  const index = `<?xml version="1.0" encoding="UTF-8"?>
<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
${[1, 2].map((number) => `<sitemap><loc>${base}/sitemaps/news-${number}.xml.gz</loc><lastmod>${newest.toISOString()}</lastmod></sitemap>`).join("\n")}
</sitemapindex>`;
  const zipped = { "content-type": "application/gzip" };
  return new Map<string, Reply>([
    ["/sitemap.xml", { status: 200, headers: { "content-type": "application/xml" }, body: index }],
    [
      "/sitemaps/news-1.xml.gz",
      { status: 200, headers: zipped, body: urlset(entries.slice(0, half)) },
    ],
    [
      "/sitemaps/news-2.xml.gz",
      { status: 200, headers: zipped, body: urlset(entries.slice(half)) },
    ],
  ]);
}

function listings(spec: SiteSpec, items: FeedItem[]): Map<string, Reply> {
  const pages = Math.ceil(items.length / PER_PAGE);
  const replies = new Map<string, Reply>();
  for (let number = 1; number <= pages; number++) {
    const part = items.slice((number - 1) * PER_PAGE, number * PER_PAGE);
    replies.set(listingPath(number), listingPage(spec, part, number, pages));
  }
  return replies;
}

/** Address of a page of a listing, from 1. */
export function listingPath(number: number): string {
  return number === 1 ? "/news" : `/news?page=${number}`;
}

/** One page of a listing with a link to the next one. */
export function listingPage(
  spec: SiteSpec,
  items: FeedItem[],
  number: number,
  pages: number,
): Reply {
  const labels = labelsOf(spec.language);
  const list = items.map((item) => {
    const when = humanDate(item.published, spec.language, spec.zone);
    return `<li class="entry"><h2><a href="${escape(item.path)}">${escape(item.title)}</a></h2>
<span class="when">${escape(when)}</span><p>${escape(item.teaser)}</p></li>`;
  });
  const next =
    number < pages
      ? `<a class="next" href="${listingPath(number + 1)}">${escape(labels.next)}</a>`
      : "";
  const meta =
    spec.charsetIn === "meta"
      ? `<meta http-equiv="Content-Type" content="text/html; charset=${spec.charset}">`
      : "";
  const nav = labels.nav.map((item, index) => `<a href="/s/${index}">${escape(item)}</a>`);
  return page(
    spec,
    `<!DOCTYPE html><html lang="${spec.language}"><head>${meta}<title>${escape(labels.nav[1] ?? "")} | ${escape(spec.name)}</title></head><body>
<div class="nav">${nav.join(" ")}</div>
<ul class="entries">${list.join("\n")}</ul>${next}<div class="foot">${escape(labels.footer)}</div></body></html>`,
  );
}

/** When an entry page last changed, as an HTTP date. */
export function lastModified(items: FeedItem[]): string {
  const times = items.map((item) => (item.updated ?? item.published).getTime());
  return rfc822(new Date(Math.max(0, ...times)));
}
