import type { FastifyReply, FastifyRequest } from "fastify";
import { type Html, html } from "../../lib/html.ts";
import { ASSETS } from "../assets.ts";
import { formToken } from "../auth/form.ts";
import { commandsOf, quoted } from "./as-command.ts";

/** The pages in the navigation, by what they are about: how it goes, sources, articles, readers, the installation. */
const GROUPS = [
  [
    ["/admin", "Operations"],
    ["/admin/alarms", "Alarms"],
    ["/admin/dead", "Dead letters"],
    ["/admin/hosts", "Hosts"],
    ["/admin/queues", "Queues"],
  ],
  [
    ["/admin/sources", "Sources"],
    ["/admin/add", "Add a source"],
    ["/admin/schedule", "Schedule"],
    ["/admin/runs", "Runs"],
    ["/admin/recall", "Recall"],
    ["/admin/why", "Why"],
    ["/admin/plan", "Plan"],
    ["/admin/exchange", "Import, export, edit"],
  ],
  [
    ["/admin/inbox", "Inbox"],
    ["/admin/corrections", "Corrections"],
    ["/admin/stories", "Stories"],
    ["/admin/revisions", "Revisions"],
    ["/admin/provenance", "Provenance"],
    ["/admin/staging-sets", "Staging sets"],
  ],
  [
    ["/", "Portal"],
    ["/admin/views", "Views"],
    ["/admin/clicks", "Clicks"],
    ["/admin/then", "Then"],
    ["/admin/statistics", "Statistics"],
    ["/admin/webhooks", "Webhooks"],
    ["/admin/exports", "Exports"],
    ["/docs", "API"],
  ],
  [
    ["/admin/audit", "Audit log"],
    ["/admin/settings", "Settings"],
    ["/readyz", "Readiness"],
    ["/metrics", "Metrics"],
    ["/admin/about", "About"],
  ],
] as const;

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
${GROUPS.map((group) => group.map(([path, name], n) => html`<li${n === 0 && html` class="group"`}><a href="${path}"${current(path)}>${name}</a></li>`))}
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

/** Sends a page to a browser, the same as JSON to a program or who asks with `format=json`; makes only what is sent. */
export async function sendEither(
  request: FastifyRequest,
  reply: FastifyReply,
  twin: object | (() => object | Promise<object>),
  page: () => Html | Promise<Html>,
): Promise<FastifyReply> {
  const asked = new URL(request.url, "http://localhost").searchParams.get("format");
  const shows = asked !== "json" && /text\/html|\*\/\*/.test(request.headers.accept ?? "*/*");
  if (shows) return sendPage(reply, await page());
  return reply
    .header("cache-control", "no-store")
    .send(typeof twin === "function" ? await twin() : twin);
}

/** The same as a command, and as JSON; what no command of ours tells is asked for by its address. */
function sameElsewhere(request: FastifyRequest): Html | null {
  const twin = new URL(request.url, "http://localhost");
  const commands = commandsOf(request.routeOptions.url ?? "", twin.searchParams);
  if (!commands) return null;
  twin.searchParams.set("format", "json");
  const address = `${request.protocol}://${request.host}${twin.pathname}${twin.search}`;
  const asked = `curl -H 'authorization: Bearer KEY' ${quoted(address)}`;
  const lines = (commands.length > 0 ? commands : [asked]).map(
    (command) => html`<code>${command}</code> `,
  );
  return html`<footer class="same"><p>As a command: ${lines}<a href="${twin.pathname + twin.search}">As JSON</a></p></footer>`;
}

function whoIsIn(request: FastifyRequest): Html {
  const { actor } = request;
  if (!actor?.session) return html`<li><a href="/admin/login">Log in</a></li>`;
  return html`<li><form method="post" action="/admin/logout">${formToken(request)}<button>Log out ${actor.name.slice("user ".length)}</button></form></li>`;
}
