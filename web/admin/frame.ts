import type { FastifyReply, FastifyRequest } from "fastify";
import { type Html, html } from "../../lib/html.ts";
import { ASSETS } from "../assets.ts";
import { formToken } from "../auth/form.ts";
import { type AdminPage, SECTIONS } from "./page.ts";
import { PAGES } from "./pages.ts";

/** What is in the navigation beside the pages of the admin, by section. */
const OTHER_LINKS: Partial<Record<AdminPage["section"], readonly [path: string, name: string][]>> =
  {
    Publishing: [
      ["/", "Portal"],
      ["/docs", "API"],
    ],
    System: [
      ["/readyz", "Readiness"],
      ["/metrics", "Metrics"],
    ],
  };

/** The links of the navigation, section by section. */
const NAVIGATION = SECTIONS.map((section) => [
  ...PAGES.filter((page) => page.section === section && !page.unlisted).map(
    ({ path, title }) => [path, title] as const,
  ),
  ...(OTHER_LINKS[section] ?? []),
]);

/** A whole page of the operators around its content. */
export function frame(title: string, body: Html, request: FastifyRequest): Html {
  const current = (path: string) =>
    path === request.routeOptions.url ? html` aria-current="page"` : "";
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${title}</title>
<link rel="stylesheet" href="${ASSETS["portal.css"].path}">
<link rel="stylesheet" href="${ASSETS["admin.css"].path}">
<link rel="icon" href="${ASSETS["icon.svg"].path}" type="image/svg+xml">
</head>
<body>
<nav class="sections" aria-label="Pages"><div class="wrap"><ul>
${NAVIGATION.map((group) => group.map(([path, name], n) => html`<li${n === 0 && html` class="group"`}><a href="${path}"${current(path)}>${name}</a></li>`))}
${whoIsIn(request)}
</ul></div></nav>
<main class="wrap operators">
${!body.markup.includes("<h1") && html`<h1>${title}</h1>`}
${body}
${sameElsewhere(request)}
</main>
</body>
</html>
`;
}

/** Sends a page that nobody else's cache may keep. */
export function sendPage(reply: FastifyReply, page: Html): FastifyReply {
  return reply
    .header("content-type", "text/html; charset=utf-8")
    .header("cache-control", "no-store")
    .send(page.markup);
}

/** The same as a command, and as JSON; what no command of ours tells is asked for by its address. */
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
  return html`<footer class="same"><p>As a command: ${lines}<a href="${twin.pathname + twin.search}">As JSON</a></p></footer>`;
}

function whoIsIn(request: FastifyRequest): Html {
  const { actor } = request;
  if (!actor?.session) return html`<li><a href="/admin/login">Log in</a></li>`;
  return html`<li><form method="post" action="/admin/logout">${formToken(request)}<button>Log out ${actor.name.slice("user ".length)}</button></form></li>`;
}

/** The parameters of a page's query that a word of a command stands for. */
const PARAMETERS_BY_WORD: Readonly<Record<string, readonly string[]>> = {
  ID: ["source", "id"],
  URL: ["url"],
  ARTICLE: ["article"],
  FIELD: ["field"],
  SELECTOR: ["selector"],
  SET: ["set"],
};
/** The commands of a page, ready to be copied into a shell; null for what is no page of the admin. */
export function commandsOf(route: string, query: URLSearchParams): string[] | null {
  const page = PAGES.find(({ path }) => path === route);
  if (!page) return null;
  return page.commands.map((line) =>
    line.replace(/\b(?:ID|URL|ARTICLE|FIELD|SELECTOR|SET)\b/g, (word) => fill(word, query)),
  );
}

function fill(word: string, query: URLSearchParams): string {
  const value = PARAMETERS_BY_WORD[word]?.map((name) => query.get(name)).find(Boolean);
  return value ? quoted(value) : word;
}

/** One word of a POSIX shell. */
function quoted(text: string): string {
  return /^[\w.:/@%+-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
