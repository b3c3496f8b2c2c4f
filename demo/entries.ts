import { gzipSync } from "node:zlib";
import { chunksOf } from "../lib/async.ts";
import { type Html, html } from "../lib/text.ts";
import { labelsOf, type SiteSpec } from "./data.ts";
import { humanDate, isoIn } from "./dates.ts";
import type { Placed } from "./place.ts";
import { encode, ok, page, type Reply } from "./site.ts";
import { teaserOf } from "./text.ts";

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

function urlset(urls: Html[]): Uint8Array {
  const { markup } = html`<?xml version="1.0" encoding="UTF-8"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">
${urls}</urlset>`;
  return gzipSync(markup);
}

function sitemaps(spec: SiteSpec, items: FeedItem[], base: string): Map<string, Reply> {
  const entries = items.map(
    (item) => html`<url><loc>${item.url}</loc>
<news:news><news:publication><news:name>${spec.name}</news:name><news:language>${spec.language}</news:language></news:publication>
<news:publication_date>${isoIn(item.publishedAt, spec.zone)}</news:publication_date>
<news:title>${item.title}</news:title></news:news></url>\n`,
  );
  const half = Math.ceil(entries.length / 2);
  const newest = items[0]?.publishedAt ?? new Date(0);
  const { markup: index } = html`<?xml version="1.0" encoding="UTF-8"?>
<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
${[1, 2].map((number) => html`<sitemap><loc>${base}/sitemaps/news-${number}.xml.gz</loc><lastmod>${newest.toISOString()}</lastmod></sitemap>\n`)}</sitemapindex>`;
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
    return html`<li class="entry"><h2><a href="${item.path}">${item.title}</a></h2>
<span class="when">${when}</span><p>${teaserOf(item.paragraphs)}</p></li>\n`;
  });
  const next =
    number < pages && html`<a class="next" href="${listingPath(number + 1)}">${labels.next}</a>`;
  const meta =
    spec.charsetIn === "meta" &&
    html`<meta http-equiv="Content-Type" content="text/html; charset=${spec.charset}">`;
  const nav = labels.nav.map((item, index) => html`<a href="/s/${index}">${item}</a> `);
  return page(
    spec,
    html`<!DOCTYPE html><html lang="${spec.language}"><head>${meta}<title>${labels.nav[1]} | ${spec.name}</title></head><body>
<div class="nav">${nav}</div>
<ul class="entries">${list}</ul>${next}<div class="foot">${labels.footer}</div></body></html>`,
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

function markupOf({ paragraphs }: FeedItem): Html {
  return html`${paragraphs.map(({ text }) => html`<p>${text}</p>\n`)}`;
}

function rss(spec: SiteSpec, items: FeedItem[], base: string): Html {
  const full = spec.entry === "rss-full";
  const list = items.map(
    (item) => html`<item>
<title>${item.title}</title>
<link>${item.url}</link>
<guid isPermaLink="false">${spec.id}:${item.path}</guid>
<pubDate>${item.publishedAt.toUTCString()}</pubDate>
<dc:creator>${item.author}</dc:creator>
<description><![CDATA[<p>${teaserOf(item.paragraphs)}</p>]]></description>
${full && html`<content:encoded><![CDATA[${markupOf(item)}]]></content:encoded>\n`}</item>\n`,
  );
  return html`<?xml version="1.0" encoding="${(spec.charset ?? "utf-8").toUpperCase()}"?>
<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:atom="http://www.w3.org/2005/Atom">
<channel>
<title>${spec.name}</title>
<link>${base}/</link>
<description>${labelsOf(spec.language).newsletter[1]}</description>
<language>${spec.language}</language>
<atom:link rel="self" type="application/rss+xml" href="${base}/rss.xml"/>
${list}</channel>
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

function rdf(spec: SiteSpec, items: FeedItem[], base: string): Html {
  const list = items.map(
    (item) => html`<item rdf:about="${item.url}">
<title>${item.title}</title>
<link>${item.url}</link>
<description>${teaserOf(item.paragraphs)}</description>
<dc:creator>${item.author}</dc:creator>
<dc:date>${isoIn(item.publishedAt, spec.zone)}</dc:date>
</item>\n`,
  );
  return html`<?xml version="1.0" encoding="${(spec.charset ?? "utf-8").toUpperCase()}"?>
<rdf:RDF xmlns="http://purl.org/rss/1.0/" xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:dc="http://purl.org/dc/elements/1.1/" xml:lang="${spec.language}">
<channel rdf:about="${base}/index.rdf">
<title>${spec.name}</title>
<link>${base}/</link>
<description>${spec.name}</description>
<items><rdf:Seq>
${items.map((item) => html`<rdf:li rdf:resource="${item.url}"/>\n`)}</rdf:Seq></items>
</channel>
${list}</rdf:RDF>`;
}

function atom(spec: SiteSpec, items: FeedItem[], base: string): Html {
  const newest = Math.max(...items.map((item) => (item.modifiedAt ?? item.publishedAt).getTime()));
  const list = items.map(
    (item) => html`<entry>
<title>${item.title}</title>
<link rel="alternate" type="text/html" href="${item.url}"/>
<id>tag:${spec.host},2026:${item.path}</id>
<published>${isoIn(item.publishedAt, spec.zone)}</published>
<updated>${isoIn(item.modifiedAt ?? item.publishedAt, spec.zone)}</updated>
<author><name>${item.author}</name></author>
<content type="html">${markupOf(item).markup}</content>
</entry>\n`,
  );
  return html`<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="${spec.language}">
<title>${spec.name}</title>
<id>${base}/</id>
<link rel="self" href="${base}/atom.xml"/>
<updated>${new Date(newest).toISOString()}</updated>
${list}</feed>`;
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
  const reply = (type: string, text: Html | string) =>
    ok(type, encode(String(text), spec.charset ?? "utf-8"));
  const { entry } = spec;
  if (entry === "atom") {
    return reply("application/atom+xml; charset=utf-8", atom(spec, items, base));
  }
  if (entry === "json") return reply("application/feed+json", json(spec, items, base));
  if (entry === "rss1") return reply("application/xml", rdf(spec, items, base));
  const plain = String(rss(spec, items, base));
  return reply("application/rss+xml", entry === "rss-broken" ? breakXml(plain) : plain);
}
