import { createServer } from "node:http";
import { articlePage, feedOf } from "../site.ts";
import { type LaidOut, laidOut } from "./layouts.ts";

/** How a site with a layout announces its articles. */
const WAYS = [
  "link tag",
  "usual feed",
  "menu",
  "home",
  "robots sitemap",
  "feed page",
  "sitemap",
] as const;

/** Sites with the layouts, each with its own name, on one server. */
export interface LayoutSites {
  /** Value of NEWSGATHER_HOSTS. */
  hosts: string;
  sites: { name: string; way: string; home: string; articles: string[] }[];
  /** Adds a page to a site. */
  put(home: string, path: string, page: { type: string; body: string }): void;
  close(): Promise<void>;
}

type Pages = Map<string, { type: string; body: string }>;

/** Maximum number of articles in a feed or on the first page of a list. */
const SHOWN = 8;

/** Serves a site for each layout on `address`, announced in turn in each of the ways. */
export async function serveLayouts(address: string): Promise<LayoutSites> {
  const sites = new Map<string, Pages>();
  const server = createServer((request, response) => {
    const page = sites.get(request.headers.host ?? "")?.get(request.url ?? "");
    if (page) response.writeHead(200, { "content-type": page.type }).end(page.body);
    else response.writeHead(404).end("not here");
  });
  await new Promise<void>((done) => server.listen(0, address, done));
  const bound = server.address();
  const port = bound && typeof bound === "object" ? bound.port : 0;
  const made = laidOut().map((laid, index) => {
    const way = WAYS[index % WAYS.length] ?? "home";
    const host = `${laid.layout.name}.example:${port}`;
    sites.set(host, pagesOf(laid, way, `http://${host}`));
    const articles = laid.items.map(({ path }) => `http://${host}${path}`);
    return { name: laid.layout.name, way, home: `http://${host}/`, articles };
  });
  return {
    hosts: made.map(({ name }) => `${address} ${name}.example`).join("\n"),
    sites: made,
    put: (home, path, page) => void sites.get(new URL(home).host)?.set(path, page),
    close: () => new Promise((done) => server.close(() => done()).closeAllConnections()),
  };
}

function pagesOf({ layout, items }: LaidOut, way: (typeof WAYS)[number], base: string): Pages {
  const pages: Pages = new Map();
  const add = (path: string, body: string, type = "text/html; charset=utf-8") =>
    pages.set(path, { type, body });
  const urls = items.map(({ path }) => base + path);
  for (const { path, title } of items) add(path, articlePage(title));
  const first = layout.next === null ? items : items.slice(0, SHOWN);
  const list = layout.html(first, layout);
  if (layout.next !== null)
    add(layout.next, layout.html(items.slice(SHOWN), { ...layout, next: null }));
  const feed = feedOf(urls);
  const comments = `<link rel="alternate" type="application/rss+xml" title="Comments" href="/comments/feed/">`;
  const withHead = (head: string) => list.replace("</head>", `${comments}${head}</head>`);
  const entries = (all: string[]) =>
    all.map((url) => `<url><loc>${url}</loc><lastmod>${new Date().toISOString()}</lastmod></url>`);
  const sitemap = (all: string[]) =>
    `<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">${entries(all).join("")}</urlset>`;
  const front = `<!doctype html><html lang="${layout.language}"><head><title>Home | ${layout.name}</title>${comments}</head><body><nav><a href="/about">About</a><a href="/news">News</a><a href="/rss-feeds">RSS</a></nav><main><h1>Welcome</h1><p>We look after the town.</p></main></body></html>`;
  add("/about", "<html><body><h1>About us</h1><p>We are the town.</p></body></html>");
  add("/", way === "home" ? list : front);
  if (way === "link tag") {
    add(
      "/",
      withHead(
        `<link rel="alternate" type="application/rss+xml" href="/feeds/all.rss"><link rel="alternate" type="application/rss+xml" href="https://elsewhere.example/feed">`,
      ),
    );
    add("/feeds/all.rss", feed, "application/rss+xml");
  }
  if (way === "usual feed") add("/feed/", feed, "text/xml");
  if (way === "menu") add("/news", list);
  if (way === "feed page") {
    add(
      "/rss-feeds",
      `<html><body><h1>Feeds</h1><a href="/feeds/comments/feed">Comments</a><a href="/export/news.rss">RSS</a></body></html>`,
    );
    add("/export/news.rss", feed, "application/rss+xml");
  }
  const other = ["/about", "/imprint", "/privacy"].map((path) => base + path);
  if (way === "robots sitemap") {
    add(
      "/robots.txt",
      `User-agent: *\nDisallow: /intern/\nSitemap: ${base}/maps/articles.xml\n`,
      "text/plain",
    );
    add("/maps/articles.xml", sitemap([...urls, ...other]), "application/xml");
  }
  if (way === "sitemap") add("/sitemap.xml", sitemap([...other, ...urls]), "application/xml");
  return pages;
}
