import { gzipSync } from "node:zlib";
import { chunksOf } from "../lib/async.ts";
import { labelsOf, type SiteSpec } from "./data.ts";
import { humanDate, isoIn } from "./dates.ts";
import type { Placed } from "./place.ts";
import { encode, ok, page, type Reply } from "./site.ts";
import { escape, teaserOf } from "./text.ts";

const ITEMS_PER_PAGE = 3;

/** Returns the pages that announce a site's articles, by path: feeds, sitemaps or listings. */
export function entryReplies(spec: SiteSpec, items: FeedItem[], base: string): Map<string, Reply> {
  if (spec.entry === "news-sitemap") return sitemaps(spec, items, base);
  if (spec.entry === "listing") return listings(spec, items);
  return new Map([[feedPath(spec), feedOf(spec, items, base)]]);
}

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
<news:publication_date>${isoIn(item.publishedAt, spec.zone)}</news:publication_date>
<news:title>${escape(item.title)}</news:title></news:news></url>`,
  );
  const half = Math.ceil(entries.length / 2);
  const newest = items[0]?.publishedAt ?? new Date(0);
  const index = `<?xml version="1.0" encoding="UTF-8"?>
<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
${[1, 2].map((number) => `<sitemap><loc>${base}/sitemaps/news-${number}.xml.gz</loc><lastmod>${newest.toISOString()}</lastmod></sitemap>`).join("\n")}
</sitemapindex>`;
  return new Map<string, Reply>([
    ["/sitemap.xml", ok("application/xml", index)],
    ["/sitemaps/news-1.xml.gz", ok("application/gzip", urlset(entries.slice(0, half)))],
    ["/sitemaps/news-2.xml.gz", ok("application/gzip", urlset(entries.slice(half)))],
  ]);
}

function listings(spec: SiteSpec, items: FeedItem[]): Map<string, Reply> {
  const pages = chunksOf(items, ITEMS_PER_PAGE);
  const listingOf = (part: FeedItem[], at: number) =>
    [listingPath(at + 1), listingPage(spec, part, at + 1, pages.length)] as const;
  return new Map(pages.map(listingOf));
}

export function listingPath(number: number): string {
  return number === 1 ? "/news" : `/news?page=${number}`;
}

export function listingPage(
  spec: SiteSpec,
  items: FeedItem[],
  number: number,
  pages: number,
): Reply {
  const labels = labelsOf(spec.language);
  const list = items.map((item) => {
    const when = humanDate(item.publishedAt, spec.language, spec.zone);
    return `<li class="entry"><h2><a href="${escape(item.path)}">${escape(item.title)}</a></h2>
<span class="when">${escape(when)}</span><p>${escape(teaserOf(item.paragraphs))}</p></li>`;
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

export function lastModified(items: FeedItem[]): string {
  const times = items.map((item) => (item.modifiedAt ?? item.publishedAt).getTime());
  return new Date(Math.max(0, ...times)).toUTCString();
}

/** One announcement of an article. `path` is the link target in a listing. */
export type FeedItem = Pick<
  Placed,
  "title" | "url" | "path" | "author" | "publishedAt" | "modifiedAt" | "paragraphs"
>;

/** Returns the entries that announce an article, one for each of `urls`. */
export function feedItems(placed: Placed, urls: string[]): FeedItem[] {
  return urls.map((url) => ({ ...placed, url, path: url === placed.url ? placed.path : url }));
}

function markupOf({ paragraphs }: FeedItem): string {
  return paragraphs.map(({ text }) => `<p>${escape(text)}</p>`).join("\n");
}

const cdata = (text: string) => `<![CDATA[${text}]]>`;

function rss(spec: SiteSpec, items: FeedItem[], base: string): string {
  const full = spec.entry === "rss-full";
  const list = items.map(
    (item) => `<item>
<title>${escape(item.title)}</title>
<link>${escape(item.url)}</link>
<guid isPermaLink="false">${spec.id}:${escape(item.path)}</guid>
<pubDate>${item.publishedAt.toUTCString()}</pubDate>
<dc:creator>${escape(item.author)}</dc:creator>
<description>${cdata(`<p>${escape(teaserOf(item.paragraphs))}</p>`)}</description>
${full ? `<content:encoded>${cdata(markupOf(item))}</content:encoded>\n` : ""}</item>`,
  );
  return `<?xml version="1.0" encoding="${(spec.charset ?? "utf-8").toUpperCase()}"?>
<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:atom="http://www.w3.org/2005/Atom">
<channel>
<title>${escape(spec.name)}</title>
<link>${base}/</link>
<description>${escape(labelsOf(spec.language).newsletter[1])}</description>
<language>${spec.language}</language>
<atom:link rel="self" type="application/rss+xml" href="${base}/rss.xml"/>
${list.join("\n")}
</channel>
</rss>`;
}

function breakXml(xml: string): string {
  let item = 0;
  return xml.replace(/<\/item>/g, (end) => {
    item++;
    if (item === 2) return `<category>Trámites & servicios</category>\n${end}`;
    if (item === 3) return `<category>Gesti&oacute;n</category>\n${end}`;
    if (item === 4) return `<comments>0\n${end}`;
    return end;
  });
}

function rdf(spec: SiteSpec, items: FeedItem[], base: string): string {
  const list = items.map(
    (item) => `<item rdf:about="${escape(item.url)}">
<title>${escape(item.title)}</title>
<link>${escape(item.url)}</link>
<description>${escape(teaserOf(item.paragraphs))}</description>
<dc:creator>${escape(item.author)}</dc:creator>
<dc:date>${isoIn(item.publishedAt, spec.zone)}</dc:date>
</item>`,
  );
  return `<?xml version="1.0" encoding="${(spec.charset ?? "utf-8").toUpperCase()}"?>
<rdf:RDF xmlns="http://purl.org/rss/1.0/" xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:dc="http://purl.org/dc/elements/1.1/" xml:lang="${spec.language}">
<channel rdf:about="${base}/index.rdf">
<title>${escape(spec.name)}</title>
<link>${base}/</link>
<description>${escape(spec.name)}</description>
<items><rdf:Seq>
${items.map((item) => `<rdf:li rdf:resource="${escape(item.url)}"/>`).join("\n")}
</rdf:Seq></items>
</channel>
${list.join("\n")}
</rdf:RDF>`;
}

function atom(spec: SiteSpec, items: FeedItem[], base: string): string {
  const newest = Math.max(...items.map((item) => (item.modifiedAt ?? item.publishedAt).getTime()));
  const list = items.map(
    (item) => `<entry>
<title>${escape(item.title)}</title>
<link rel="alternate" type="text/html" href="${escape(item.url)}"/>
<id>tag:${spec.host},2026:${escape(item.path)}</id>
<published>${isoIn(item.publishedAt, spec.zone)}</published>
<updated>${isoIn(item.modifiedAt ?? item.publishedAt, spec.zone)}</updated>
<author><name>${escape(item.author)}</name></author>
<content type="html">${escape(markupOf(item))}</content>
</entry>`,
  );
  return `<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="${spec.language}">
<title>${escape(spec.name)}</title>
<id>${base}/</id>
<link rel="self" href="${base}/atom.xml"/>
<updated>${new Date(newest).toISOString()}</updated>
${list.join("\n")}
</feed>`;
}

function json(spec: SiteSpec, items: FeedItem[], base: string): string {
  return JSON.stringify({
    version: "https://jsonfeed.org/version/1.1",
    title: spec.name,
    home_page_url: `${base}/`,
    feed_url: `${base}/feed.json`,
    language: spec.language,
    items: items.map((item) => ({
      id: `${spec.id}${item.path}`,
      url: item.url,
      title: item.title,
      summary: teaserOf(item.paragraphs),
      content_text: teaserOf(item.paragraphs),
      date_published: isoIn(item.publishedAt, spec.zone),
      authors: [{ name: item.author }],
    })),
  });
}

export function feedOf(spec: SiteSpec, items: FeedItem[], base: string): Reply {
  const reply = (type: string, text: string) => ok(type, encode(text, spec.charset ?? "utf-8"));
  const { entry } = spec;
  if (entry === "atom") {
    return reply("application/atom+xml; charset=utf-8", atom(spec, items, base));
  }
  if (entry === "json") return reply("application/feed+json", json(spec, items, base));
  if (entry === "rss1") return reply("application/xml", rdf(spec, items, base));
  const plain = rss(spec, items, base);
  return reply("application/rss+xml", entry === "rss-broken" ? breakXml(plain) : plain);
}
