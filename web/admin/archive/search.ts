import { z } from "zod";
import { type Html, html } from "../../../lib/text.ts";
import { ProblemError } from "../../../model/problem.ts";
import { SORTS } from "../../../model/publish/search.ts";
import { headSeq } from "../../../store/publish/changes.ts";
import { sourcesById } from "../../../store/sources/sources.ts";
import { type Found, type FoundPage, marked, readFound } from "../../api/search.ts";
import { options } from "../forms.ts";
import { icon } from "../icons.ts";
import { type AdminDeps, type AdminPage, readQuery } from "../page.ts";
import { articlePath, at, sourceLink } from "../tables.ts";

const PAGE_SIZE = 20;
const MAX_OFFSET = 1000;
const Query = z.object({
  q: z.string().max(1000).default(""),
  sort: z.enum(SORTS).catch("relevance"),
  offset: z.coerce.number().int().min(0).max(MAX_OFFSET).catch(0),
});

export const archiveSearchPage: AdminPage = {
  path: "/admin/search",
  title: "Search the archive",
  tab: "Search",
  section: "Archive",
  async show(request, deps) {
    const { q, sort, offset } = readQuery(Query, request);
    const outcome = q.trim() === "" ? null : await findArticles(deps, { q, sort, offset });
    const page = () => html`<form class="filter" method="get" action="/admin/search" role="search">
<label class="form-label">Words, or fields such as <code>source:</code>, <code>topic:</code>, <code>country:</code>, <code>day:</code> <input class="form-control" type="search" name="q" value="${q}" size="50" dir="auto"></label>
<label class="form-label">Order <select class="form-select" name="sort">${options(SORTS, sort)}</select></label>
<button class="btn btn-primary">${icon("search")}Search</button></form>
${outcome === null ? html`<section class="card card-body"><p class="text-secondary mb-0">Write a word to search titles, teasers and texts: <code>tram OR bus</code>, <code>"exact words"</code>, <code>country:DE topic:mobility</code>, <code>status:retracted</code>.</p></section>` : resultsOf(outcome, { q, sort, offset }, deps.timezone)}`;
    const json =
      outcome === null || "problem" in outcome
        ? { query: q, ...outcome }
        : { query: q, total: outcome.total, exact: outcome.exact, articles: outcome.found };
    return { json, html: page };
  },
};

type Params = z.output<typeof Query>;

type Results = FoundPage & { sources: Awaited<ReturnType<typeof sourcesById>> };

async function findArticles(
  { store, search, topics }: AdminDeps,
  { q, sort, offset }: Params,
): Promise<Results | { problem: string }> {
  const [sources, head] = await Promise.all([sourcesById(store), headSeq(store)]);
  const topicNames = Object.fromEntries(topics.map(({ id, name }) => [id, name]));
  const found = { store, ...(search && { search }), sources, topics: () => ({ topicNames }) };
  const request = { query: q, sort, offset, limit: PAGE_SIZE, all: true, exact: false };
  try {
    return { ...(await readFound(found, request, head)), sources };
  } catch (error) {
    if (error instanceof ProblemError) return { problem: error.message };
    throw error;
  }
}

function resultsOf(outcome: Results | { problem: string }, params: Params, zone: string): Html {
  if ("problem" in outcome)
    return html`<p class="alert alert-warning" role="alert">${outcome.problem}</p>`;
  const { found, total, exact, hints, sources } = outcome;
  const { offset } = params;
  const to = (from: number) =>
    `/admin/search?${new URLSearchParams({ ...params, offset: String(from) }).toString()}`;
  if (found.length === 0) {
    const others = hints.map(
      ({ query }) =>
        html`<li><a href="/admin/search?${new URLSearchParams({ q: query }).toString()}">${query}</a></li>`,
    );
    return html`<section class="card card-body"><h2 class="card-title">No results</h2>${others.length > 0 ? html`<p>Did you mean:</p><ul>${others}</ul>` : html`<p>Try fewer words. To see why a URL has no article, <a href="/admin/why">ask why</a>.</p>`}</section>`;
  }
  return html`<section class="card"><div class="card-header"><h2 class="card-title">${total}${!exact && " or more"} ${total === 1 ? "article" : "articles"}</h2></div>
<div class="list-group list-group-flush">${found.map((one) => result(one, sources.get(one.article.sourceId)?.name, zone))}</div></section>
<p class="btn-list">${offset > 0 && html`<a class="btn" rel="prev" href="${to(Math.max(0, offset - PAGE_SIZE))}">Previous</a>`}${offset + PAGE_SIZE < total && offset + PAGE_SIZE <= MAX_OFFSET && html`<a class="btn" rel="next" href="${to(offset + PAGE_SIZE)}">Next</a>`}</p>`;
}

function result(
  { article, revision, title, snippet }: Found,
  source: string | undefined,
  zone: string,
): Html {
  const { _id, sourceId, status, sortAt } = article;
  const state =
    status !== "published" && html` <span class="status status-orange">${status}</span>`;
  const earlier =
    revision !== null && html` <span class="status status-secondary">revision ${revision}</span>`;
  return html`<div class="list-group-item"><div><a href="${articlePath(_id)}"><bdi>${marked(title)}</bdi></a>${state}${earlier}</div>
<div class="text-secondary" dir="auto">${marked(snippet)}</div>
<div class="text-secondary">${sourceLink(sourceId, source)} · ${at(zone, sortAt)}</div></div>\n`;
}
