import { type Html, html } from "../../lib/html.ts";
import type { SavedSearch } from "../../model/saved-search.ts";
import { FACETS, type Facet, type Piece, type SearchRequest } from "../../model/search.ts";
import type { PortalConfig } from "../config.ts";
import type { Found, FoundPage } from "../find/read.ts";
import { CATEGORIES, type Category, nameOf } from "../names.ts";
import type { Snapshot } from "../snapshot.ts";
import { articlesText } from "./list.ts";
import { number } from "./side.ts";
import { dirOf, langOf, metaLine } from "./teaser.ts";

interface Around {
  config: PortalConfig;
  snapshot: Snapshot;
}

const TITLES: Readonly<Record<Facet, string>> = {
  source: "Sources",
  country: "Countries",
  region: "Regions",
  topic: "Topics",
  language: "Languages",
  day: "Days",
  status: "Status",
};
/** Values of a facet that a reader is offered. */
const OFFERED = 8;

/** The search page: form, what was found, facets to narrow it. `outcome` is a text where the query can't be read. */
export function searchPage(
  asked: SearchRequest,
  { outcome, saved }: { outcome: FoundPage | string; saved: readonly SavedSearch[] },
  around: Around,
): Html {
  const note = typeof outcome === "string" ? "" : noteOf(outcome);
  return html`<div class="wrap columns">
<main id="main">
<div class="heading"><h1>Search</h1><p>${note}</p></div>
${form(asked)}
${typeof outcome === "string" ? problem(outcome) : results(asked, outcome, around)}
</main>
<aside class="side" aria-label="Narrow the search">
${typeof outcome !== "string" && FACETS.map((facet) => facetBox(facet, asked, outcome, around))}
${savedBox(saved)}
</aside>
</div>`;
}

function noteOf({ total, exact, behind }: FoundPage): string {
  const more = exact ? "" : " or more; the newest of them are counted";
  const late = behind > 0 ? ` The index is ${number(behind)} changes behind.` : "";
  return `${articlesText(total)}${more}.${late}`;
}

function form({ query, sort }: SearchRequest): Html {
  const option = (value: string, name: string) =>
    html`<option value="${value}"${value === sort && html` selected`}>${name}</option>`;
  return html`<form class="search" action="/search" method="get" role="search">
<label for="q">Words, "phrases", <code>title:</code>word, <code>country:</code>DE, <code>since:</code>2026-11-01, OR, -word</label>
<input id="q" name="q" type="search" value="${query}" dir="auto">
<select name="sort" aria-label="Order">${option("relevance", "Best first")}${option("newest", "Newest first")}${option("oldest", "Oldest first")}</select>
<button class="button">Search</button>
</form>`;
}

function problem(text: string): Html {
  return html`<section class="empty" role="alert"><h2>This query can't be read</h2><p>${text}</p></section>`;
}

function results(asked: SearchRequest, page: FoundPage, around: Around): Html {
  if (page.found.length === 0) {
    return html`<section class="empty"><h2>Nothing found</h2><p>Try fewer words, or OR between them.</p></section>`;
  }
  const { offset, limit } = asked;
  const back = offset > 0 && address(asked, { offset: Math.max(0, offset - limit) });
  const on = offset + limit < page.total && address(asked, { offset: offset + limit });
  return html`${page.found.map((found) => result(found, around))}
<nav class="pager" aria-label="Pages">
${back ? html`<a href="${back}" rel="prev">Back</a>` : html`<span></span>`}
${on && html`<a href="${on}" rel="next">More</a>`}
</nav>`;
}

function result({ article, title, snippet }: Found, { config, snapshot }: Around): Html {
  const place = article.prefix.trim();
  return html`<article class="item"${langOf(article)}>
<h3${dirOf(article)}><a href="/article/${encodeURIComponent(article._id)}">${place && html`<bdi class="place" lang="en">${place}</bdi> `}<bdi>${marked(title)}</bdi></a></h3>
${snippet.length > 0 && html`<div class="lead"><p dir="auto">${marked(snippet)}</p></div>`}
${metaLine(article, config, snapshot)}
</article>
`;
}

function marked(pieces: readonly Piece[]): Html[] {
  return pieces.map(({ text, hit }) => (hit ? html`<mark>${text}</mark>` : html`${text}`));
}

function facetBox(
  facet: Facet,
  asked: SearchRequest,
  page: FoundPage,
  around: Around,
): Html | null {
  const counts = page.facets[facet];
  if (facet === "status" || counts.length === 0) return null;
  return html`<section><h2>${TITLES[facet]}</h2><ul>
${counts.slice(0, OFFERED).map(({ value, count }) => {
  const term = `${facet}:${value}`;
  const has = asked.query.split(/\s+/).includes(term);
  const query = has
    ? asked.query
        .split(/\s+/)
        .filter((word) => word !== term)
        .join(" ")
    : [/\bOR\b/.test(asked.query) ? `(${asked.query})` : asked.query, term].join(" ").trim();
  const link = html`<a href="${address(asked, { query, offset: 0 })}"${has && html` aria-current="true"`}><bdi>${valueName(facet, value, around)}</bdi></a>`;
  return html`<li>${link} <span class="n">${has ? "remove" : number(count)}</span></li>\n`;
})}</ul></section>`;
}

function savedBox(saved: readonly SavedSearch[]): Html | null {
  if (saved.length === 0) return null;
  return html`<section><h2>Saved searches</h2><ul>
${saved.map(({ _id }) => html`<li><a href="/search?saved=${_id}">${_id}</a></li>\n`)}</ul></section>`;
}

function valueName(facet: Facet, value: string, { config, snapshot }: Around): string {
  const isCategory = (CATEGORIES as readonly string[]).includes(facet);
  return isCategory ? nameOf(facet as Category, value, config, snapshot) : value;
}

/** The address of this search, changed. */
function address(asked: SearchRequest, changed: Partial<SearchRequest>): string {
  const { query, sort, offset } = { ...asked, ...changed };
  const params = new URLSearchParams({ q: query });
  if (sort !== "relevance") params.set("sort", sort);
  if (offset > 0) params.set("offset", String(offset));
  return `/search?${params.toString()}`;
}
