import { decoyReply } from "./decoys.ts";
import { entryReplies, feedPath, lastModified, page } from "./entries.ts";
import type { FeedItem } from "./feeds.ts";
import { labelsOf } from "./labels-world.ts";
import { type Drawn, makePdf, setText } from "./make-pdf.ts";
import type { Setting } from "./place.ts";
import { random } from "./random.ts";
import { sheetsOf } from "./sheets.ts";
import type { Placed, Reply, Site, SiteSpec } from "./site.ts";
import { STATICS } from "./statics.ts";
import { amp } from "./templates/amp.ts";
import { blog } from "./templates/blog.ts";
import { classic } from "./templates/classic.ts";
import { cms } from "./templates/cms.ts";
import { magazine } from "./templates/magazine.ts";
import { portal } from "./templates/portal.ts";
import { shell, shellData } from "./templates/shell.ts";
import { tables } from "./templates/tables.ts";
import { escape, teaserOf } from "./text.ts";
import type { View } from "./view.ts";

const TEMPLATES = { classic, magazine, tables, cms, blog, portal, shell };

type Route = (visit: number) => Reply;

const always =
  (reply: Reply): Route =>
  () =>
    reply;

const moved = (status: number, location: string): Reply => ({
  status,
  headers: { location, "content-type": "text/plain" },
  body: `Moved to ${location}\n`,
});

/** Answers the first request with a refusal, the next ones with the page. */
function stubborn(reply: Reply, status: number, headers: Record<string, string>): Route {
  const refusal: Reply = {
    status,
    headers: { "content-type": "text/plain", ...headers },
    body: "",
  };
  return (visit) => (visit === 1 ? refusal : reply);
}

function articleRoute(reply: Reply, placed: Placed): Route {
  const kind = placed.quirk?.kind;
  if (kind === "slow") return always({ ...reply, delayMs: 3000 });
  if (kind === "busy") return stubborn(reply, 429, { "retry-after": "1" });
  if (kind === "flaky") return stubborn(reply, 500, {});
  return always(reply);
}

/** The addresses under which a site announces an article. */
function announced(placed: Placed): string[] {
  const { url, variants, quirk } = placed;
  if (quirk?.kind === "tracking" || quirk?.kind === "short-link") return variants;
  if (quirk?.kind === "moved") return variants.slice(0, 1);
  if (quirk?.kind === "amp") return [url, ...variants];
  return [url];
}

/** The links that a site announces, newest first, decoys in between. */
function itemsOf(spec: SiteSpec, articles: Placed[], setting: Setting): FeedItem[] {
  const items = articles.flatMap((placed) => {
    const item = (url: string): FeedItem => ({
      title: placed.title,
      url,
      path: url === placed.url ? placed.path : url,
      teaser: teaserOf(placed.paragraphs, 120),
      published: placed.publishedAt,
      updated: placed.modifiedAt,
      author: placed.author,
      html: placed.paragraphs.map(({ text }) => `<p>${escape(text)}</p>`).join("\n"),
    });
    return announced(placed).map(item);
  });
  for (const [index, decoy] of (spec.decoys ?? []).entries()) {
    const at = Math.min(1 + index * 2, items.length);
    const near = items[at - 1];
    const url = `http://${decoy.host ?? spec.host}:${setting.port}${decoy.path}`;
    items.splice(at, 0, {
      title: decoy.title,
      url,
      path: decoy.host ? url : decoy.path,
      teaser: decoy.title,
      published: near?.published ?? setting.now,
      updated: null,
      author: spec.name,
      html: `<p>${escape(decoy.title)}</p>`,
    });
  }
  return items;
}

/** A site that answers for its articles, entry points, decoys and robots.txt. */
export function siteOf(spec: SiteSpec, articles: Placed[], setting: Setting): Site {
  const base = `http://${spec.host}:${setting.port}`;
  const labels = labelsOf(spec.language);
  const routes = new Map<string, Route>(STATICS);
  const items = itemsOf(spec, articles, setting);
  for (const [index, article] of articles.entries()) {
    const related = articles
      .filter((_, other) => other !== index)
      .slice(index % 3, (index % 3) + 3);
    const chance = random(setting.seed, spec.id, article.slug, "page");
    const view: View = { spec, article, labels, related, now: setting.now, chance };
    const path = article.url.slice(base.length);
    const reply =
      article.quirk?.kind === "pdf"
        ? pdfReply(article)
        : page(spec, TEMPLATES[spec.template](view));
    routes.set(path, articleRoute(reply, article));
    if (spec.template === "shell")
      routes.set(`/api/news${path}.json`, always(json(shellData(view))));
    if (article.ampUrl)
      routes.set(article.ampUrl.slice(base.length), always(page(spec, amp(view))));
    if (article.quirk?.kind === "sheets") {
      for (const { url, ...sheet } of sheetsOf(article)) {
        const told = TEMPLATES[spec.template]({ ...view, ...sheet });
        routes.set(url.slice(base.length), always(page(spec, told)));
      }
    }
    if (article.quirk?.kind === "moved") {
      routes.set(`/archive/${article.slug}`, always(moved(301, `/r/${article.slug}`)));
      routes.set(`/r/${article.slug}`, always(moved(302, article.url)));
    }
  }
  for (const decoy of spec.decoys ?? []) {
    if (!decoy.host) routes.set(decoy.path, always(decoyReply(spec, decoy)));
  }
  for (const [path, reply] of entryReplies(spec, items, base)) {
    reply.headers["last-modified"] = lastModified(items);
    routes.set(path, always(reply));
  }
  if (spec.robots !== null) routes.set("/robots.txt", always(plainReply(spec.robots)));
  routes.set("/", always(page(spec, homePage(spec, articles))));
  return {
    host: spec.host,
    delayMs: spec.delayMs,
    concurrency: spec.concurrency ?? 1,
    reply: (path, visit) =>
      (routes.get(path) ?? routes.get(withoutTracking(path)))?.(visit) ?? null,
  };
}

/** A host that only redirects or shows one page. */
export function sideSite(host: string, delayMs: number, replies: Map<string, Reply>): Site {
  return { host, delayMs, concurrency: 1, reply: (path) => replies.get(path) ?? null };
}

/** The reply of a short link. */
export const shortLink = (target: string): Reply => moved(301, target);

function homePage(spec: SiteSpec, articles: Placed[]): string {
  const links = articles.map(
    (one) => `<li><a href="${escape(one.path)}">${escape(one.title)}</a></li>`,
  );
  return `<!DOCTYPE html><html lang="${spec.language}"><head><meta charset="${spec.charset ?? "utf-8"}"><title>${escape(spec.name)}</title>${feedLink(spec)}</head><body><h1>${escape(spec.name)}</h1><ul>${links.join("\n")}</ul></body></html>`;
}

const FEED_TYPES: Partial<Record<SiteSpec["entry"], string>> = {
  rss: "application/rss+xml",
  "rss-full": "application/rss+xml",
  atom: "application/atom+xml",
  json: "application/feed+json",
};

/** How a home page names the site's feed; not all do. */
function feedLink(spec: SiteSpec): string {
  const type = FEED_TYPES[spec.entry];
  return type ? `<link rel="alternate" type="${type}" href="${feedPath(spec)}">` : "";
}

function withoutTracking(path: string): string {
  const url = new URL(path, "http://site.example");
  for (const name of Array.from(url.searchParams.keys())) {
    if (/^utm_|^fbclid$/.test(name)) url.searchParams.delete(name);
  }
  return url.pathname + url.search;
}

const json = (body: string): Reply => ({
  status: 200,
  headers: { "content-type": "application/json" },
  body,
});

const plainReply = (body: string): Reply => ({
  status: 200,
  headers: { "content-type": "text/plain; charset=utf-8" },
  body,
});

/** Where columns begin, lines in one, and where they begin on the first and on further pages. */
const COLUMNS = [50, 310];
const LINE = 13;
const BOTTOM = 60;
const TOP = { first: 680, more: 790 };

/** An article as the press office's PDF: a headline over two columns. */
function pdfReply(article: Placed): Reply {
  const made = article.publishedAt.toISOString().replace(/\D/g, "").slice(0, 14);
  const info = { Title: article.title, Author: article.author, CreationDate: `D:${made}Z` };
  return {
    status: 200,
    headers: { "content-type": "application/pdf" },
    body: makePdf(pagesOf(article), { info }),
  };
}

function pagesOf({ title, author, paragraphs }: Placed): Drawn[][] {
  const head = [
    ...setText(title, 50, 780, 42, 22),
    { text: `By ${author}`, x: 50, y: 705, size: 10 },
  ];
  const pages: Drawn[][] = [head];
  let column = 0;
  let y = TOP.first;
  for (const { kind, text } of paragraphs) {
    const size = kind === "h2" ? 13 : 10;
    for (const line of setText(text, 0, 0, kind === "h2" ? 34 : 46, size)) {
      if (y < BOTTOM) {
        column++;
        if (column % COLUMNS.length === 0) pages.push([]);
        y = pages.length === 1 ? TOP.first : TOP.more;
      }
      pages.at(-1)?.push({ ...line, x: COLUMNS[column % COLUMNS.length] ?? 0, y });
      y -= LINE * (size / 10);
    }
    y -= LINE * 0.7;
  }
  return pages;
}
