import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import type { FastifyRequest } from "fastify";
import { z } from "zod";
import { type Html, html } from "../../../lib/html.ts";
import { SHORTEST_REASON } from "../../../model/operations/audit.ts";
import { ProblemError } from "../../../model/problem.ts";
import { type Preview } from "../../../model/sources/preview.ts";
import { activate } from "../../../sources/preview/run.ts";
import { getPreview } from "../../../store/sources/previews.ts";
import type { Store } from "../../../store/store.ts";
import { isKnown, may } from "../../auth/actor.ts";
import { formToken } from "../../auth/form.ts";
import { type AdminPage, action, readQuery } from "../page.ts";
import { VERDICT_CSS_CLASSES } from "../states.ts";
import { articlesSection, candidatesTable, entriesTable, linksTable } from "./preview-tables.ts";

const unpack = promisify(gunzip);
const Id = z.string().min(1).max(64);
const Query = z.object({ id: Id, n: z.coerce.number().int().min(0).max(100).default(0) });
const Form = z.object({ id: Id, reason: z.string().trim().max(500).default("") });

/** A page that came from elsewhere runs nothing, asks nobody, and is shown on our own pages only. */
const CAPTURE_POLICY =
  "sandbox; default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'";

async function readPreview(store: Store, id: string): Promise<Preview> {
  const preview = await getPreview(store, id);
  if (preview) return preview;
  throw new ProblemError(404, "not-found", "There is no such preview any more.");
}

/** `/admin/preview`: what a source would bring, side by side with its pages, and the button that watches it. */
export const previewPage: AdminPage = {
  path: "/admin/preview",
  title: "Preview",
  section: "Sources",
  under: "/admin/add",
  commands: ["newsgather sources preview FILE --activate"],
  frames: true,
  async show(request, { store }) {
    const preview = await readPreview(store, readQuery(Query, request).id);
    const { pages: _, ...json } = preview;
    return {
      json,
      html: () => bodyOf(request, preview),
      title: `Preview of ${preview.sourceId ?? preview.home ?? "a declaration"}`,
      ...(preview.state === "working" && { headers: { refresh: "2" } }),
    };
  },
  actions: [
    action({
      path: "/admin/preview/activate",
      right: "operate",
      form: Form,
      async run({ id }, deps, author) {
        const done = await activate(deps, await readPreview(deps.store, id), author);
        return { location: `/admin/preview?id=${encodeURIComponent(id)}`, done };
      },
    }),
  ],
  files: [
    {
      path: "/admin/preview/page",
      asksWho: true,
      async send(request, reply, { store }) {
        const { id, n } = readQuery(Query, request);
        const page = (await readPreview(store, id)).pages[n];
        if (!page?.body) throw new ProblemError(404, "not-found", "This page isn't kept.");
        const type = page.headers["content-type"] ?? "text/html";
        return reply
          .header("content-security-policy", CAPTURE_POLICY)
          .header("cache-control", "no-store")
          .header("content-type", /html/i.test(type) ? type : "text/plain; charset=utf-8")
          .send(await unpack(page.body));
      },
    },
  ],
};

function bodyOf(request: FastifyRequest, preview: Preview): Html {
  const writes = may(request, "operate");
  const { state, step, result, siteDiscovery, yaml, activated } = preview;
  if (state === "working") {
    return html`<p role="status">At work: ${step}. This page asks again every 2 s.</p>`;
  }
  const problems = result?.problems.map(
    ({ level, text }) => html`<li><strong>${level}</strong>: ${text}</li>`,
  );
  const verdict = result
    ? html`<p>It is <span class="status ${VERDICT_CSS_CLASSES[result.verdict]}">${result.verdict}</span>${result.verdict === "green" && ": nothing speaks against it"}.</p>${problems && problems.length > 0 && html`<ul>${problems}</ul>`}`
    : html`<p class="alert alert-danger" role="alert">It failed: ${step}</p>`;
  const live =
    activated &&
    html`<p>Watched since ${activated.at.toISOString()} by ${activated.actor}${activated.reason && `: ${activated.reason}`}. This preview is its fixture.</p>`;
  const facts =
    siteDiscovery &&
    html`<p>robots.txt: ${siteDiscovery.robots.verdict}; language ${siteDiscovery.language ?? "unknown"}, country ${siteDiscovery.country ?? "unknown"};
${siteDiscovery.requestsPerDay !== null && `about ${siteDiscovery.requestsPerDay} requests a day`}</p>`;
  return html`<div>${verdict}${facts}${live}</div>
${writes && result && !activated && activateForm(request, preview)}
${yaml !== null && declarationForm(request, yaml, writes)}
${siteDiscovery && candidatesTable(siteDiscovery.candidates)}
${result && html`${entriesTable(result.entries)}${articlesSection(preview, { picks: writes && !activated, shows: isKnown(request) })}${linksTable(result.links)}`}`;
}

function activateForm(request: FastifyRequest, { _id, result }: Preview): Html {
  const green = result?.verdict === "green";
  const why = green
    ? html`<label class="form-label">Note <input class="form-control" name="reason" maxlength="500" size="40"></label>`
    : html`<label class="form-label">Why it is wanted all the same <input class="form-control" name="reason" required minlength="${SHORTEST_REASON}" maxlength="500" size="60"></label>`;
  return html`<form method="post" action="/admin/preview/activate">${formToken(request)}<input type="hidden" name="id" value="${_id}">${why}
<button class="btn btn-primary">Watch this source</button></form>`;
}

function declarationForm(request: FastifyRequest, yaml: string, writes: boolean): Html {
  if (!writes)
    return html`<section class="card card-body"><h2 class="card-title">Declaration</h2><pre>${yaml}</pre></section>`;
  return html`<section class="card card-body"><h2 class="card-title">Declaration</h2><form method="post" action="/admin/add">${formToken(request)}
<label class="form-label">YAML <textarea class="form-control" name="yaml" rows="${Math.min(30, yaml.split("\n").length + 1)}" cols="90">${yaml}</textarea></label>
<button class="btn btn-primary">Preview again with these changes</button></form></section>`;
}
