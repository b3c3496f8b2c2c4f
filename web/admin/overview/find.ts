import { z } from "zod";
import { awaitAll, cachedPer } from "../../../lib/async.ts";
import { type Html, html } from "../../../lib/text.ts";
import { QueryProblem } from "../../../model/publish/search.ts";
import { readTitles } from "../../../store/articles/articles.ts";
import { getHosts } from "../../../store/crawl/hosts.ts";
import { sourceNames } from "../../../store/sources/sources.ts";
import { type IconName, icon } from "../icons.ts";
import { type AdminDeps, type AdminPage, isShownTo, readQuery } from "../page.ts";
import { articlePath, sourcePath } from "../tables.ts";

const MAX_FINDS = 8;
const Query = z.object({ q: z.string().trim().max(2000).default("") });

interface Find {
  kind: "Source" | "Host" | "Article" | "Page" | "Setting";
  name: string;
  path: string;
  detail?: string;
}

const ICONS = {
  Source: "rss",
  Host: "world",
  Article: "article",
  Page: "layout-dashboard",
  Setting: "adjustments",
} as const satisfies Record<Find["kind"], IconName>;

export const makeFindPage = (pages: () => readonly AdminPage[]): AdminPage => ({
  path: "/admin/find",
  title: "Find",
  section: "Overview",
  under: "/admin",
  commands: ["newsgather why URL"],
  async show(request, deps) {
    const { q } = readQuery(Query, request);
    if (/^https?:\/\/\S+$/i.test(q)) {
      const location = `/admin/why?url=${encodeURIComponent(q)}`;
      return { json: { location }, html: html``, location };
    }
    const shown = pages().filter((page) => isShownTo(request, page));
    const finds = q === "" ? [] : await find(q, shown, deps);
    return {
      json: { query: q, finds },
      html: () => listOf(q, finds),
      title: q === "" ? "Find" : `Find “${q}”`,
    };
  },
});

/** Sources and settings are cached, because a request comes with each letter that a user types. */
const readNames = cachedPer(
  ({ store, installation }: AdminDeps) =>
    awaitAll({ sources: sourceNames(store), settings: installation.settings() }),
  { ttl: 5000, size: 1 },
);

async function find(q: string, pages: readonly AdminPage[], deps: AdminDeps): Promise<Find[]> {
  const all = await Promise.all([
    findSources(q, deps),
    findHosts(q, deps),
    findArticlesById(q, deps),
    findSettings(q, pages, deps),
    findArticlesByWords(q, deps),
  ]);
  return [...findPages(q, pages), ...all.flat()];
}

function fits(q: string, text: string): boolean {
  const words = wordsOf(text);
  const wanted = wordsOf(q);
  return wanted.length > 0 && wanted.every((one) => words.some((word) => word.startsWith(one)));
}

function wordsOf(text: string): string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
}

async function findSources(q: string, deps: AdminDeps): Promise<Find[]> {
  const { sources } = await readNames(deps);
  const wanted = sources.filter(({ _id, name }) => _id === q || fits(q, `${_id} ${name}`));
  return wanted.slice(0, MAX_FINDS).map(({ _id, name, active }) => ({
    kind: "Source",
    name,
    path: sourcePath(_id),
    detail: active ? _id : `${_id}, retired`,
  }));
}

async function findHosts(q: string, { store }: AdminDeps): Promise<Find[]> {
  if (!/^[\w.-]+(:\d+)?$/.test(q)) return [];
  const name = q.toLowerCase();
  // A host's id has no default port.
  const hosts = await getHosts(store, [name, `www.${name}`, name.replace(/:(?:443|80)$/, "")]);
  return [...hosts.keys()].map((id) => ({
    kind: "Host",
    name: id,
    path: `/admin/hosts?host=${encodeURIComponent(id)}`,
  }));
}

async function findArticlesById(q: string, { store }: AdminDeps): Promise<Find[]> {
  if (!/^[\w-]{1,64}$/.test(q)) return [];
  return [...(await readTitles(store, [q])).values()].map(toFind);
}

function toFind({ _id, title, sourceId }: { _id: string; title: string; sourceId: string }): Find {
  return { kind: "Article", name: title, path: articlePath(_id), detail: sourceId };
}

function findPages(q: string, pages: readonly AdminPage[]): Find[] {
  return pages
    .filter(
      ({ under, title, section, tab = "" }) => !under && fits(q, `${title} ${tab} ${section}`),
    )
    .map(({ path, title, section }) => ({ kind: "Page", name: title, path, detail: section }));
}

async function findSettings(
  q: string,
  pages: readonly AdminPage[],
  deps: AdminDeps,
): Promise<Find[]> {
  if (!pages.some(({ path }) => path === "/admin/settings")) return [];
  const { settings } = await readNames(deps);
  const wanted = settings.filter(({ name, about }) =>
    fits(q, `${name.replaceAll("_", " ")} ${about}`),
  );
  return wanted.slice(0, MAX_FINDS).map(({ name, about }) => ({
    kind: "Setting",
    name,
    path: `/admin/settings#${name}`,
    detail: about,
  }));
}

async function findArticlesByWords(q: string, { store, search }: AdminDeps): Promise<Find[]> {
  const request = {
    query: q,
    sort: "relevance",
    offset: 0,
    limit: MAX_FINDS,
    all: true,
    exact: false,
  } as const;
  const answer = await search?.find(request).catch((error: unknown) => {
    if (error instanceof QueryProblem) return null;
    throw error;
  });
  const ids = [...new Set((answer?.hits ?? []).map(({ articleId }) => articleId))];
  const articles = await readTitles(store, ids);
  return ids.flatMap((id) => articles.get(id) ?? []).map(toFind);
}

function listOf(q: string, finds: readonly Find[]): Html {
  if (q === "") {
    return html`<section class="card card-body"><p class="text-secondary mb-0">In the box above, enter the name of a source, host, setting or page of the admin, words or the id of an article, or a URL. For a URL, the result shows what happened to it.</p></section>`;
  }
  if (finds.length === 0) {
    return html`<section class="card card-body"><h2 class="card-title">No results</h2><p class="mb-0">If you expected an article, paste its URL into the box: the result shows what happened to the URL, and what to do. <a href="/admin/search?${new URLSearchParams({ q }).toString()}">The search of the archive</a> suggests similar words.</p></section>`;
  }
  const rows = finds.map(
    ({ kind, name, path, detail }) =>
      html`<a class="list-group-item list-group-item-action d-flex gap-2" href="${path}">${icon(ICONS[kind])}<span><bdi>${name}</bdi>${detail && html` <span class="text-secondary"><bdi>${detail}</bdi></span>`}</span><span class="ms-auto text-secondary">${kind}</span></a>\n`,
  );
  return html`<section class="card"><div class="list-group list-group-flush">${rows}</div></section>
<p><a href="/admin/search?${new URLSearchParams({ q }).toString()}">More articles with these words</a></p>`;
}
