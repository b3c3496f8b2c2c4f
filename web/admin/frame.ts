import type { FastifyReply, FastifyRequest } from "fastify";
import { type Html, html } from "../../lib/text.ts";
import { ASSETS } from "../assets.ts";
import { may } from "../auth/access.ts";
import { formToken } from "../auth/form.ts";
import { bytesOf, codingFor } from "../server/answer.ts";
import { icon } from "./icons.ts";
import { type AdminPage, isShownTo, type PageContent, SECTIONS, type Section } from "./page.ts";
import { PAGES } from "./pages.ts";
import { themeOf, themeSwitch } from "./theme.ts";

export interface FramedPage extends Pick<PageContent, "lead" | "buttons" | "reload"> {
  title: string;
  body: Html;
  /** The result of the previous action; missing if there was none. */
  done?: string | undefined;
  /** Number of items that need attention, by page path. */
  attention?: ReadonlyMap<string, number>;
}

const CHART_SCRIPTS = html`<script defer src="${ASSETS["uplot.js"].path}"></script>
<script type="module" src="${ASSETS["charts.js"].path}"></script>
`;

export function frame(page: FramedPage, request: FastifyRequest): Html {
  const { title, lead, buttons, body, reload, done, attention = new Map<string, number>() } = page;
  const current = PAGES.find(({ path }) => path === request.routeOptions.url);
  const tabs = PAGES.filter((one) => !one.under && isShownTo(request, one));
  const shown: Shown = { current, tabs, attention };
  return html`<!doctype html>
<html lang="en"${themeOf(request)}>
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
${reload !== undefined && html`<noscript><meta http-equiv="refresh" content="${reload}"></noscript>`}
<link rel="stylesheet" href="${ASSETS["tabler.css"].path}">
<link rel="stylesheet" href="${ASSETS["admin.css"].path}">
<script type="module" src="${ASSETS["admin.js"].path}"></script>
${body.markup.includes('<figure class="chart') && CHART_SCRIPTS}<link rel="icon" href="${ASSETS["icon.svg"].path}" type="image/svg+xml">
</head>
<body>
<a class="visually-hidden-focusable skip" href="#content">Skip to the content</a>
<div class="page">
<aside class="navbar navbar-vertical navbar-expand-lg"><div class="container-fluid">
<a class="navbar-brand justify-content-start gap-2" href="/admin"><img src="${ASSETS["icon.svg"].path}" alt="" width="24" height="24"> Newsgather</a>
${
  tabs.length > 0 &&
  html`<details class="menu d-lg-none"><summary class="btn btn-icon" aria-label="Menu">${icon("menu-2")}</summary>${sections(shown, "Menu of sections")}</details>
<div class="navbar-collapse d-none d-lg-flex">${sections(shown, "Sections")}</div>`
}
</div></aside>
<div class="page-wrapper">
${topBar(request)}
<main id="content">
<div class="page-header d-print-none"><div class="container-xl">
<div class="row g-2 align-items-center"><div class="col-12 col-md">${current && current.title !== current.section && html`<div class="page-pretitle">${current.section}</div>`}
<h1 class="page-title">${title}</h1>${lead && html`<div class="text-secondary mt-1">${lead}</div>`}</div>
${buttons && html`<div class="col-auto ms-md-auto btn-list">${buttons}</div>`}</div>
${tabsOf(shown)}
</div></div>
<div class="page-body"><div class="container-xl vstack gap-3">
${done && html`<p class="alert alert-success" role="status">Done: ${done}</p>`}
${body}
</div></div>
</main>
${sameElsewhere(request)}
</div>
</div>
</body>
</html>
`;
}

interface Shown {
  current: AdminPage | undefined;
  tabs: readonly AdminPage[];
  attention: ReadonlyMap<string, number>;
}

function sections({ current, tabs, attention }: Shown, label: string): Html {
  const names = Object.keys(SECTIONS) as Section[];
  const items = names.map((section) => {
    const own = tabs.filter((page) => page.section === section);
    const isHere = current?.section === section;
    const count = own.reduce((sum, { path }) => sum + (attention.get(path) ?? 0), 0);
    const first = own[0]?.path;
    return (
      first !== undefined &&
      html`<li class="nav-item${isHere && " active"}"><a class="nav-link" href="${first}"${isHere && html` aria-current="true"`}><span class="nav-link-icon">${icon(SECTIONS[section])}</span><span class="nav-link-title">${section}</span>${badge(count)}</a></li>\n`
    );
  });
  return html`<nav aria-label="${label}"><ul class="navbar-nav w-100">
${items}</ul></nav>`;
}

function badge(count: number, space = "ms-auto"): Html | false {
  return (
    count > 0 &&
    html`<span class="badge bg-red text-red-fg ${space}">${count > 99 ? "99+" : count}<span class="visually-hidden"> need attention</span></span>`
  );
}

function tabsOf({ current, tabs, attention }: Shown): Html | false {
  const own = tabs.filter(({ section }) => section === current?.section);
  if (!current || own.length < 2) return false;
  const items = own.map(({ path, title, tab = title }) => {
    const isLit = path === current.path || path === current.under;
    const here = path === current.path && html` aria-current="page"`;
    return html`<li class="nav-item"><a class="nav-link${isLit && " active"}" href="${path}"${here}>${tab}${badge(attention.get(path) ?? 0, "ms-2")}</a></li>\n`;
  });
  return html`<nav aria-label="${current.section}"><ul class="nav nav-tabs nav-tabs-alt mt-3">
${items}</ul></nav>`;
}

function topBar(request: FastifyRequest): Html {
  const { actor } = request;
  const mayFind = !actor || may(request, "read");
  const isFind = request.routeOptions.url === "/admin/find";
  const finding = (isFind && new URL(request.url, "http://localhost").searchParams.get("q")) || "";
  const user = actor?.session
    ? html`<a class="btn btn-ghost-secondary" href="/admin/account">${icon("user")}<span class="words">${actor.name.slice("user ".length)}</span></a>
<form method="post" action="/admin/logout">${formToken(request)}<button class="btn btn-ghost-secondary">${icon("logout")}<span class="words">Log out</span></button></form>`
    : html`<a class="btn btn-ghost-secondary" href="/admin/login">${icon("login")}Log in</a>`;
  return html`<header class="navbar top d-print-none"><div class="container-xl flex-nowrap gap-2">
${mayFind && html`<form class="find position-relative" role="search" aria-label="Find anything" method="get" action="/admin/find"><div class="input-icon"><span class="input-icon-addon">${icon("search")}</span><input class="form-control" type="search" name="q" placeholder="Find a source, host, article, URL, page or setting" aria-label="Find a source, host, article, URL, page or setting" autocomplete="off" value="${finding}"></div></form>`}
<div class="ms-auto d-flex gap-1">
<a class="btn btn-ghost-secondary" href="/">${icon("news")}<span class="words">Portal</span></a>
<a class="btn btn-ghost-secondary" href="/docs">${icon("code")}<span class="words">API</span></a>
${themeSwitch(request)}
${user}
</div></div></header>`;
}

/** Sends a page that caches don't store. */
export async function sendPage(
  { headers }: FastifyRequest,
  reply: FastifyReply,
  { markup: body }: Html,
): Promise<FastifyReply> {
  const { bytes, coding } = await bytesOf({ body }, codingFor(headers["accept-encoding"]));
  if (coding !== "identity") reply.header("content-encoding", coding);
  return reply
    .header("vary", "accept, accept-encoding")
    .header("content-type", "text/html; charset=utf-8")
    .header("cache-control", "no-store")
    .send(bytes);
}

function sameElsewhere(request: FastifyRequest): Html | null {
  const twin = new URL(request.url, "http://localhost");
  const commands = commandsOf(request.routeOptions.url ?? "", twin.searchParams);
  if (!commands) return null;
  twin.searchParams.set("format", "json");
  const address = `${request.protocol}://${request.host}${twin.pathname}${twin.search}`;
  const curlCommand = `curl -H 'authorization: Bearer KEY' ${quoted(address)}`;
  const lines = (commands.length > 0 ? commands : [curlCommand]).map(
    (command) => html`<code>${command}</code> `,
  );
  return html`<footer class="footer footer-transparent text-secondary text-break d-print-none"><div class="container-xl">As a command: ${lines}<a href="${twin.pathname + twin.search}">As JSON</a></div></footer>`;
}

const PARAMETERS_BY_WORD: Readonly<Record<string, readonly string[]>> = {
  ID: ["source", "id"],
  URL: ["url"],
  ARTICLE: ["article"],
  HOST: ["host"],
  FIELD: ["field"],
  SELECTOR: ["selector"],
  SET: ["set"],
};
export function commandsOf(route: string, query: URLSearchParams): string[] | null {
  const page = PAGES.find(({ path }) => path === route);
  const fill = (word: string) => {
    const value = PARAMETERS_BY_WORD[word]?.map((name) => query.get(name)).find(Boolean);
    return value ? quoted(value) : word;
  };
  if (!page) return null;
  const { commands = [] } = page;
  return commands.map((line) => line.replace(/\b[A-Z]+\b/g, fill));
}

function quoted(text: string): string {
  return /^[\w.:/@%+-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
