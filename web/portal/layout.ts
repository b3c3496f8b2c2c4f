import { type Html, html, type Part } from "../../lib/text.ts";
import { shiftDay } from "../../lib/time.ts";
import { isForReaders } from "../../model/publish/filter.ts";
import type { ListedArticle } from "../../store/articles/listing.ts";
import { ASSETS } from "../assets.ts";
import type { Rendered } from "../server/answer.ts";
import type { PortalConfig } from "../server/config.ts";
import type { Context } from "../server/context.ts";
import {
  type Around,
  type Category,
  type Edition,
  editionsOf,
  entriesOf,
  longDate,
  nameOf,
  numberIn,
  pathIn,
} from "../server/edition.ts";
import { usageOf } from "../server/usage.ts";

/** A page, without the frame around it. */
export interface Page {
  title: string;
  /** Path in the main language, also for the canonical URL; empty if the page has no path. */
  path: string;
  description?: string;
  /** Path of the feed with these articles, without extension; if missing, `/feeds/all`. */
  feed?: string;
  /** The articles on the page. The response headers state their usage terms. */
  articles: readonly ListedArticle[];
  body: Html;
}

const MAX_SECTIONS = 8;
const FORMATS = [
  ["atom", "application/atom+xml", "Atom"],
  ["rss", "application/rss+xml", "RSS"],
  ["json", "application/feed+json", "JSON Feed"],
] as const;

/** Returns a page as a response. */
export function renderPage(page: Page, context: Pick<Context, "search">, around: Around): Rendered {
  const type = "text/html; charset=utf-8";
  return { type, body: layout(page, context, around), usage: usageOf(page.articles) };
}

/** Returns a whole HTML document around a page's body. */
export function layout(page: Page, { search }: Pick<Context, "search">, around: Around): string {
  const { edition, config, snapshot } = around;
  const { language, messages } = edition;
  const { portalTitle, timezone } = config;
  const at = (path: string) => pathIn(edition, path);
  const address = config.baseUrl + at(page.path);
  const home = page.path === "/";
  const title = home ? portalTitle : `${page.title} · ${portalTitle}`;
  const feed = page.feed ?? "/feeds/all";
  const topics = entriesOf("topic", config, snapshot).slice(0, MAX_SECTIONS);
  const current = (path: string) => (path === page.path ? html` aria-current="page"` : "");
  return html`<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
${page.description && html`<meta name="description" content="${page.description}">`}
<meta property="og:site_name" content="${portalTitle}">
<meta property="og:type" content="${page.path.startsWith("/article/") ? "article" : "website"}">
<meta property="og:title" content="${page.title}">
<meta property="og:url" content="${address}">
<meta property="og:locale" content="${edition.locale.replace("-", "_")}">
${page.description && html`<meta property="og:description" content="${page.description}">`}
<link rel="canonical" href="${address}">
${page.path && alternates(page.path, config)}
<link rel="stylesheet" href="${ASSETS["portal.css"].path}">
${config.style && html`<link rel="stylesheet" href="${config.style.path}">\n`}<link rel="icon" href="${ASSETS["icon.svg"].path}" type="image/svg+xml">
${FORMATS.map(
  ([ending, type, name]) =>
    html`<link rel="alternate" type="${type}" title="${title} (${name})" href="${feed}.${ending}">\n`,
)}</head>
<body>
<a class="skip" href="#main">${messages.skip}</a>
<header class="masthead"><div class="wrap">
<p class="name"><a href="${at("/")}">${config.logo && html`<img class="logo" src="${config.logo.path}" alt=""> `}${portalTitle}</a></p>
<p class="date">${longDate(edition, timezone, snapshot.now)}</p>
${editions(page.path || "/", around)}
${search && page.path !== "/search" && searchBox(around)}
</div></header>
<nav class="sections" aria-label="${messages.topics}"><div class="wrap"><ul>
<li><a href="${at("/")}"${current("/")}>${messages.latest}</a></li>
${topics.map(([id]) => {
  const path = `/topic/${encodeURIComponent(id)}`;
  return html`<li><a href="${at(path)}"${current(path)}>${nameOf("topic", id, around)}</a></li>`;
})}
<li><a href="${at("/countries")}"${current("/countries")}>${messages.countries}</a></li>
<li><a href="${at("/sources")}"${current("/sources")}>${messages.sources}</a></li>
${search && html`<li><a href="${at("/search")}"${current("/search")}>${messages.search}</a></li>\n`}</ul></div></nav>
${page.body}
<footer class="foot"><div class="wrap">
<ul>
${FORMATS.map(([ending, , name]) => html`<li><a href="${feed}.${ending}">${name}</a></li>`)}
<li><a href="${at(`/digest/${shiftDay(snapshot.today, -1)}`)}">${messages.digest}</a></li>
<li><a href="/docs">API</a></li>
${config.showStatus && html`<li><a href="${at("/status")}">${messages.status.title}</a></li>\n`}<li><a href="${at("/topics")}">${messages.allTopics}</a></li>
<li><a href="${at("/languages")}">${messages.languages}</a></li>
${config.imprint && html`<li><a href="${config.imprint}">${messages.imprint}</a></li>\n`}</ul>
<p>${messages.foot(timezone)}</p>
</div></footer>
</body>
</html>
`.markup;
}

function searchBox({ edition }: Around): Html {
  const { search, find } = edition.messages;
  return html`<form class="search-box" action="${pathIn(edition, "/search")}" method="get" role="search"><input name="q" type="search" required aria-label="${search}" placeholder="${search}" dir="auto"><button class="button">${find.button}</button></form>`;
}

function alternates(path: string, config: PortalConfig): Html[] {
  const all = editionsOf(config);
  const link = (language: string, edition: Edition) =>
    html`<link rel="alternate" hreflang="${language}" href="${config.baseUrl + pathIn(edition, path)}">\n`;
  return [...all.map((edition) => link(edition.language, edition)), link("x-default", all[0])];
}

function editions(path: string, { edition, config }: Around): Html {
  const others = editionsOf(config).filter(({ language }) => language !== edition.language);
  return html`<nav class="editions" aria-label="${edition.messages.editions}">${others.map(
    (other) =>
      html`<a href="${pathIn(other, path)}" lang="${other.language}" hreflang="${other.language}">${other.messages.inLanguage}</a>`,
  )}</nav>`;
}

/** Returns a message as HTML: words in backticks become code, and `part` replaces `{}`. */
export function rich(text: string, part: Part = null): Html {
  const pieces = text.split(/(`[^`]+`|\{\})/).map((piece) => {
    if (piece === "{}") return part;
    return piece.startsWith("`") ? html`<code>${piece.slice(1, -1)}</code>` : piece;
  });
  return html`${pieces}`;
}

/** Returns the text that a portal without articles shows: its state and what to do next. */
export function nothingYet({ edition: { messages }, snapshot: { sources } }: Around): Html {
  const { empty } = messages;
  if (sources.size === 0) {
    return html`<div class="empty"><h2>${empty.noSources}</h2>
<p>${rich(empty.putSources)}</p>
<p>${rich(empty.demo)}</p></div>`;
  }
  return html`<div class="empty"><h2>${empty.noArticles}</h2>
<p>${rich(empty.known(sources.size))}</p>
<p>${rich(empty.whatTheyDo, html`<a href="/admin">/admin</a>`)}</p></div>`;
}

export function noneHere(what: string, edition: Edition): Html {
  const { empty } = edition.messages;
  return html`<div class="empty"><h2>${empty.nothing}</h2>
<p>${empty.none(what)} <a href="${pathIn(edition, "/")}">${empty.toLatest}</a>.</p></div>`;
}

const MAX_ENTRIES = 8;

export const INDEX_PAGES = {
  topic: "topics",
  country: "countries",
  source: "sources",
  language: "languages",
} as const satisfies Record<Category, string>;

const BOX_CATEGORIES: readonly Category[] = ["topic", "country", "source", "language"];

export function columns(main: Part, around: Around): Html {
  // The numbers precede the main content, so that visible text doesn't move during loading.
  return html`<div class="wrap columns">
${countersSection(around)}
<main id="main">
${main}
</main>
<aside class="side" aria-label="${around.edition.messages.overview}">
${BOX_CATEGORIES.map((category) => box(category, around))}
${views(around)}
</aside>
</div>`;
}

function countersSection({ edition, config, snapshot }: Around): Html {
  const { counters, today, followed } = snapshot;
  const { messages } = edition;
  const counted = (label: string, number: Html | string) =>
    html`<div><dt>${label}</dt><dd>${number}</dd></div>`;
  const counter = (label: string, path: string, count: number) =>
    counted(label, html`<a href="${pathIn(edition, path)}">${numberIn(edition, count)}</a>`);
  return html`<section class="numbers" aria-label="${messages.articlesTitle}"><dl class="counters">
${counter(messages.today, `/day/${today}`, counters.today.articles)}
${counter(messages.yesterday, `/day/${shiftDay(today, -1)}`, counters.yesterday.articles)}
${counter(messages.all, "/", counters.all.articles + (config.countedBefore ?? 0))}
${followed !== undefined && counted(messages.followed, numberIn(edition, followed))}
</dl></section>`;
}

function box(category: Category, around: Around): Html | null {
  const { edition, config, snapshot } = around;
  const entries = entriesOf(category, config, snapshot);
  if (entries.length === 0) return null;
  const index = INDEX_PAGES[category];
  const all = edition.messages.allOf(numberIn(edition, entries.length));
  return html`<section><h2>${edition.messages[index]}</h2>
${categoryList(category, entries.slice(0, MAX_ENTRIES), around, "")}
${entries.length > MAX_ENTRIES && html`<p class="all"><a href="${pathIn(edition, `/${index}`)}">${all}</a></p>`}
</section>`;
}

function views({ edition, snapshot }: Around): Html | null {
  const saved = [...snapshot.views.values()].filter(({ filter }) => isForReaders(filter));
  if (saved.length === 0) return null;
  const links = saved.map(
    ({ _id, name }) =>
      html`<li><a href="${pathIn(edition, `/view/${_id}`)}"><bdi>${name}</bdi></a></li>\n`,
  );
  return html`<section><h2>${edition.messages.views}</h2><ul>${links}</ul></section>`;
}

function categoryList(
  category: Category,
  entries: [string, number][],
  around: Around,
  className: string,
): Html {
  const { edition } = around;
  return html`<ul class="${className}">
${entries.map(([id, count]) => {
  const path = pathIn(edition, `/${category}/${encodeURIComponent(id)}`);
  return html`<li><a href="${path}"><bdi>${nameOf(category, id, around)}</bdi></a> <span class="n">${numberIn(edition, count)}</span></li>\n`;
})}</ul>`;
}

/** Returns the page that lists the topics, countries, sources or languages that have articles. */
export function indexPage(category: Category, around: Around): Page {
  const { edition, config, snapshot } = around;
  const { messages } = edition;
  const title = messages[INDEX_PAGES[category]];
  const entries = entriesOf(category, config, snapshot);
  const content =
    entries.length > 0 ? categoryList(category, entries, around, "index") : nothingYet(around);
  const main = html`<div class="heading"><h1>${title}</h1><p>${messages.withArticles(numberIn(edition, entries.length))}${category !== "topic" && messages.mostFirst}</p></div>
${content}`;
  return { title, path: `/${INDEX_PAGES[category]}`, articles: [], body: columns(main, around) };
}
