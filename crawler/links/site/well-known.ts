import type { Named } from "./named.ts";

const FEEDS = [
  "/feed/",
  "/rss.xml",
  "/feed.xml",
  "/atom.xml",
  "/rss",
  "/index.xml",
  "/feed.json",
  "/index.rdf",
];
const SITEMAPS = [
  "/news-sitemap.xml",
  "/sitemap_news.xml",
  "/sitemap.xml",
  "/sitemap_index.xml",
  "/wp-sitemap.xml",
];
const LISTINGS = ["/news", "/aktuelles", "/presse", "/blog"];

/** Addresses where sites usually have what their home page doesn't name, the likeliest first. */
export function wellKnown(home: string, kind: Named["kind"]): Named[] {
  const paths = { feed: FEEDS, sitemap: SITEMAPS, listing: LISTINGS }[kind];
  return paths.map((path) => ({
    url: new URL(path, home).href,
    kind,
    from: "a usual address",
    why: null,
  }));
}

/** Sitemaps that a robots.txt names (sitemaps.org), those of news first. */
export function robotsSitemaps(text: string, home: string): Named[] {
  const lines = text
    .split(/\r\n|\n|\r/)
    .flatMap((line) => /^\s*sitemap\s*:\s*(\S+)/i.exec(line)?.[1] ?? []);
  const urls = [...new Set(lines)].filter((url) => URL.canParse(url, home));
  const news = (url: string) => Number(!/news|article|post|presse|aktuell/i.test(url));
  return urls
    .map((url) => new URL(url, home).href)
    .toSorted((a, b) => news(a) - news(b))
    .map((url) => ({ url, kind: "sitemap", from: "robots.txt", why: null }));
}
