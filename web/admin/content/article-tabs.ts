import type { FastifyRequest } from "fastify";
import { type Html, html } from "../../../lib/text.ts";
import type { Article } from "../../../model/articles/article.ts";
import { ProblemError } from "../../../model/problem.ts";
import { findArticle } from "../../../store/articles/articles.ts";
import { readSourceNames } from "../../../store/sources/sources.ts";
import type { Store } from "../../../store/store.ts";
import { may } from "../../auth/access.ts";
import { badge } from "../states.ts";
import { articlePath, externalLink, sourceLink } from "../tables.ts";

export type ShownArticle = Omit<Article, "pending" | "pendingAt"> & { sourceName: string };

const TABS = {
  "/admin/article": "Overview",
  "/admin/provenance": "Fields",
  "/admin/revisions": "History",
  "/admin/stories": "Story",
  "/admin/edit": "Edit",
} as const;

export type ArticleTab = keyof typeof TABS;

export function articleTabPath(id: string, tab: ArticleTab): string {
  const name = tab === "/admin/stories" ? "id" : "article";
  return `${tab}?${name}=${encodeURIComponent(id)}`;
}

export function articleTabs(id: string, current: ArticleTab): Html {
  const items = (Object.keys(TABS) as ArticleTab[]).map((tab) => {
    const here = tab === current && html` aria-current="page"`;
    return html`<li class="nav-item"><a class="nav-link${tab === current && " active"}" href="${articleTabPath(id, tab)}"${here}>${TABS[tab]}</a></li>\n`;
  });
  return html`<nav aria-label="This article"><ul class="nav nav-pills mb-3">
${items}</ul></nav>`;
}

/** Returns the parts above the content of each admin page about an article. */
export function articleHead(request: FastifyRequest, article: ShownArticle) {
  const { _id, prefix, title, status, unlisted, sourceId, sourceName, url, duplicateOf } = article;
  const copy =
    duplicateOf !== null &&
    html` · a copy of <a href="${articlePath(duplicateOf)}">another article</a>`;
  const lead = html`${badge(status)}${unlisted && html` ${unlisted.reason}, ${unlisted.detail}`} ·
${sourceLink(sourceId, sourceName)} · ${externalLink(url)}${copy}`;
  const act = status === "retracted" ? "Reinstate" : "Retract";
  const edits =
    may(request, "edit") &&
    html`<a class="btn" href="${articleTabPath(_id, "/admin/edit")}">Edit</a> <a class="btn" href="${articlePath(_id)}#retract">${act}</a>`;
  const portal =
    status === "published" &&
    html`<a class="btn" href="/article/${encodeURIComponent(_id)}">On the portal</a>`;
  return { title: prefix + title, lead, buttons: html`${portal} ${edits}` };
}

/** Returns an article; null for an empty id. Throws a 404 problem if the article doesn't exist. */
export async function findShown(store: Store, id: string): Promise<ShownArticle | null> {
  if (id === "") return null;
  const article = await findArticle(store, id);
  if (article) {
    const { sourceId } = article;
    const names = await readSourceNames(store, [sourceId]);
    return { ...article, sourceName: names.get(sourceId) ?? sourceId };
  }
  throw new ProblemError(404, "not-found", `There is no article ${id}.`);
}

export const NO_ARTICLE = html`<section class="card card-body"><p class="text-secondary mb-0">This page shows one article: <a href="/admin/articles">choose an article</a>.</p></section>`;
