import { shortHash } from "../../lib/hash.ts";
import { type Html, html } from "../../lib/html.ts";
import type { Context } from "../context.ts";
import { entriesOf, nameOf } from "../names.ts";
import type { Snapshot } from "../snapshot.ts";
import { STYLE } from "./style.ts";
import { longDate } from "./time.ts";

/** What a page is made of, for the frame around it. */
export interface Page {
  title: string;
  /** Path of the page, for its canonical address and the current section. */
  path: string;
  description?: string;
  /** Feed that carries the same list, without its ending. */
  feed?: string;
  body: Html;
}

const SECTIONS = 8;
const FORMATS = [
  ["atom", "application/atom+xml", "Atom"],
  ["rss", "application/rss+xml", "RSS"],
  ["json", "application/feed+json", "JSON Feed"],
] as const;

/** A whole HTML document around a page's body. */
export function layout(page: Page, { config, search }: Context, snapshot: Snapshot): string {
  const { portalTitle, timezone } = config;
  const home = page.path === "/";
  const title = home ? portalTitle : `${page.title} · ${portalTitle}`;
  const feed = page.feed ?? "/feeds/all";
  const topics = entriesOf("topic", config, snapshot).slice(0, SECTIONS);
  const current = (path: string) => (path === page.path ? html` aria-current="page"` : "");
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
${page.description && html`<meta name="description" content="${page.description}">`}
<meta property="og:site_name" content="${portalTitle}">
<meta property="og:type" content="${page.path.startsWith("/article/") ? "article" : "website"}">
<meta property="og:title" content="${page.title}">
<meta property="og:url" content="${config.baseUrl + page.path}">
${page.description && html`<meta property="og:description" content="${page.description}">`}
<link rel="canonical" href="${config.baseUrl + page.path}">
<link rel="stylesheet" href="/assets/portal.css?v=${shortHash(STYLE).slice(0, 8)}">
<link rel="icon" href="/assets/icon.svg" type="image/svg+xml">
${FORMATS.map(
  ([ending, type, name]) =>
    html`<link rel="alternate" type="${type}" title="${title} (${name})" href="${feed}.${ending}">\n`,
)}</head>
<body>
<a class="skip" href="#main">Skip to the articles</a>
<header class="masthead"><div class="wrap">
<p class="name"><a href="/">${portalTitle}</a></p>
<p class="date">${longDate(timezone, snapshot.now)}</p>
</div></header>
<nav class="sections" aria-label="Topics"><div class="wrap"><ul>
<li><a href="/"${current("/")}>Latest</a></li>
${topics.map(([id]) => {
  const path = `/topic/${encodeURIComponent(id)}`;
  return html`<li><a href="${path}"${current(path)}>${nameOf("topic", id, config, snapshot)}</a></li>`;
})}
<li><a href="/countries"${current("/countries")}>Countries</a></li>
<li><a href="/sources"${current("/sources")}>Sources</a></li>
${search && html`<li><a href="/search"${current("/search")}>Search</a></li>\n`}</ul></div></nav>
${page.body}
<footer class="foot"><div class="wrap">
<ul>
${FORMATS.map(([ending, , name]) => html`<li><a href="${feed}.${ending}">${name}</a></li>`)}
<li><a href="/docs">API</a></li>
<li><a href="/topics">All topics</a></li>
<li><a href="/languages">Languages</a></li>
</ul>
<p>Headlines and teasers belong to their publishers; every item leads to the original. Times are in ${timezone}.</p>
</div></footer>
</body>
</html>
`.markup;
}
