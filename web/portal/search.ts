import type { FastifyReply, FastifyRequest } from "fastify";
import { z } from "zod";
import { narrowQuery, widenQuery } from "../../archive/search/parse-query.ts";
import { type Html, html } from "../../lib/text.ts";
import { ProblemError } from "../../model/problem.ts";
import {
  FACETS,
  type Facet,
  type SavedSearch,
  type SearchHint,
  type SearchRequest,
} from "../../model/publish/search.ts";
import { listSearches } from "../../store/publish/saved-searches.ts";
import { type Found, type FoundPage, marked, readFound } from "../api/search.ts";
import { SearchQuery, toSearchRequest } from "../api/searches.ts";
import { type Context, type Routes, typed } from "../server/context.ts";
import {
  type Around,
  CATEGORIES,
  type Edition,
  editionsOf,
  nameOf,
  numberIn,
  pathIn,
} from "../server/edition.ts";
import { usageHeaders, usageOf } from "../server/usage.ts";
import { INDEX_PAGES, layout, rich } from "./layout.ts";
import { dirOf, langOf, metaLine } from "./list.ts";

export const searchPageRoutes: Routes = (app, context) => {
  for (const edition of editionsOf(context.config)) {
    typed(app).get(
      pathIn(edition, "/search"),
      { hide: true, querystring: SearchQuery.omit({ limit: true, scope: true }) },
      (request, reply) => showPage(context, edition, request, reply),
    );
  }
};

async function showPage(
  context: Context,
  edition: Edition,
  request: FastifyRequest<{ Querystring: Omit<z.output<typeof SearchQuery>, "limit" | "scope"> }>,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const search = await toSearchRequest(context, request, {
    ...request.query,
    limit: 20,
    scope: "public",
  });
  const snapshot = await context.snapshot();
  const deps = { ...context, sources: snapshot.sources, topics: () => context.config };
  const outcome = await readFound(deps, search, snapshot.seq).catch((error: unknown) => {
    if (!(error instanceof ProblemError)) throw error;
    if (error.code === "no-words") return edition.messages.find.noWords;
    if (error.code === "bad-query") return error.message;
    throw error;
  });
  const saved = await listSearches(context.store);
  const around = { edition, config: context.config, snapshot };
  const body = searchPage(search, { outcome, saved }, around);
  const articles = typeof outcome === "string" ? [] : outcome.found.map(({ article }) => article);
  const title = edition.messages.search;
  const page = layout({ title, path: "/search", articles, body }, context, around);
  return reply
    .code(typeof outcome === "string" ? 400 : 200)
    .header("cache-control", "no-cache")
    .headers(usageHeaders(usageOf(articles)))
    .type("text/html; charset=utf-8")
    .send(page);
}

const TITLES = { ...INDEX_PAGES, region: "regions", day: "days" } as const;

const MAX_FACET_VALUES = 8;

function searchPage(
  search: SearchRequest,
  { outcome, saved }: { outcome: FoundPage | string; saved: readonly SavedSearch[] },
  around: Around,
): Html {
  const { edition } = around;
  const { messages } = edition;
  const note = typeof outcome === "string" ? "" : noteOf(outcome, edition);
  return html`<div class="wrap columns">
<main id="main">
<div class="heading"><h1>${messages.search}</h1><p>${note}</p></div>
${form(search, edition)}
${typeof outcome === "string" ? problem(outcome, edition) : results(search, outcome, around)}
</main>
<aside class="side" aria-label="${messages.find.narrow}">
${typeof outcome !== "string" && FACETS.map((facet) => facetBox(facet, search, outcome, around))}
${savedBox(saved, edition)}
</aside>
</div>`;
}

function noteOf({ total, exact, behind }: FoundPage, edition: Edition): string {
  const { find, articles } = edition.messages;
  const more = exact ? "" : find.orMore;
  const late = behind > 0 ? find.behind(numberIn(edition, behind)) : "";
  return `${articles(total)}${more}.${late}`;
}

function form({ query, sort }: SearchRequest, edition: Edition): Html {
  const { find } = edition.messages;
  const option = (value: string, name: string) =>
    html`<option value="${value}"${value === sort && html` selected`}>${name}</option>`;
  return html`<form class="search" action="${pathIn(edition, "/search")}" method="get" role="search">
<label for="q">${rich(find.label)}</label>
<input id="q" name="q" type="search" value="${query}" dir="auto">
<select name="sort" aria-label="${find.order}">${option("relevance", find.best)}${option("newest", find.newest)}${option("oldest", find.oldest)}</select>
<button class="button">${find.button}</button>
</form>`;
}

function problem(text: string, { messages }: Edition): Html {
  const { noWords, unreadable } = messages.find;
  if (text === noWords)
    return html`<section class="empty" role="alert"><h2>${noWords}</h2></section>`;
  return html`<section class="empty" role="alert"><h2>${unreadable}</h2><p lang="en">${text}</p></section>`;
}

function results(search: SearchRequest, page: FoundPage, around: Around): Html {
  const { edition } = around;
  const { find, pages } = edition.messages;
  if (page.found.length === 0) {
    return html`<section class="empty"><h2>${find.nothing}</h2>${page.hints.length > 0 ? hintList(search, page.hints, edition) : html`<p>${find.fewer}</p>`}</section>`;
  }
  const { offset, limit } = search;
  const back = offset > 0 && address(search, edition, { offset: Math.max(0, offset - limit) });
  const on = offset + limit < page.total && address(search, edition, { offset: offset + limit });
  return html`${page.found.map((found) => result(found, around))}
<nav class="pager" aria-label="${pages}">
${back ? html`<a href="${back}" rel="prev">${find.back}</a>` : html`<span></span>`}
${on && html`<a href="${on}" rel="next">${find.more}</a>`}
</nav>`;
}

function hintList(search: SearchRequest, hints: readonly SearchHint[], edition: Edition): Html {
  return html`<p>${edition.messages.find.meant}</p><ul>
${hints.map(({ query, name }) => html`<li><a href="${address(search, edition, { query, offset: 0 })}"><bdi>${query}</bdi></a>${name !== null && html` <bdi>${name}</bdi>`}</li>\n`)}</ul>`;
}

function result({ article, title, snippet }: Found, around: Around): Html {
  const path = pathIn(around.edition, `/article/${encodeURIComponent(article._id)}`);
  const place = article.prefix.trim();
  return html`<article class="item"${langOf(article.language)}>
<h3${dirOf(article.language)}><a href="${path}">${place && html`<bdi class="place" lang="en">${place}</bdi> `}<bdi>${marked(title)}</bdi></a></h3>
${snippet.length > 0 && html`<div class="lead"><p dir="auto">${marked(snippet)}</p></div>`}
${metaLine(article, around)}
</article>
`;
}

function facetBox(
  facet: Facet,
  search: SearchRequest,
  page: FoundPage,
  around: Around,
): Html | null {
  const { edition } = around;
  const { messages } = edition;
  const counts = page.facets[facet];
  if (facet === "status" || counts.length === 0) return null;
  const category = CATEGORIES.find((one) => one === facet);
  return html`<section><h2>${messages[TITLES[facet]]}</h2><ul>
${counts.slice(0, MAX_FACET_VALUES).map(({ value, count }) => {
  const term = `${facet}:${value}`;
  const wider = widenQuery(search.query, term);
  const has = wider !== null;
  const query = wider ?? narrowQuery(search.query, term);
  const link = html`<a href="${address(search, edition, { query, offset: 0 })}"${has && html` aria-current="true"`}><bdi>${category ? nameOf(category, value, around) : value}</bdi></a>`;
  return html`<li>${link} <span class="n">${has ? messages.find.remove : numberIn(edition, count)}</span></li>\n`;
})}</ul></section>`;
}

function savedBox(saved: readonly SavedSearch[], edition: Edition): Html | null {
  if (saved.length === 0) return null;
  return html`<section><h2>${edition.messages.find.saved}</h2><ul>
${saved.map(({ _id }) => html`<li><a href="${pathIn(edition, `/search?saved=${_id}`)}">${_id}</a></li>\n`)}</ul></section>`;
}

function address(search: SearchRequest, edition: Edition, changed: Partial<SearchRequest>): string {
  const { query, sort, offset, exact } = { ...search, ...changed };
  const params = new URLSearchParams({ q: query });
  if (sort !== "relevance") params.set("sort", sort);
  if (offset > 0) params.set("offset", String(offset));
  if (exact) params.set("counts", "all");
  return pathIn(edition, `/search?${params.toString()}`);
}
