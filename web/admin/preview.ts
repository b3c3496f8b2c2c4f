import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import type { FastifyPluginAsync, FastifyRequest } from "fastify";
import { z } from "zod";
import { type Html, html } from "../../lib/html.ts";
import { SHORTEST_REASON } from "../../model/operations/audit.ts";
import { ProblemError } from "../../model/problem.ts";
import type { Preview } from "../../model/sources/preview.ts";
import { getPreview } from "../../store/sources/previews.ts";
import { actorName, isKnown, may } from "../auth/actor.ts";
import { formToken } from "../auth/form.ts";
import { answerAction, askedBy, readForm, readQuery } from "./actions.ts";
import { LOOKS } from "./add.ts";
import type { AdminDeps } from "./deps.ts";
import { frame, sendEither } from "./frame.ts";
import { articlesSection, candidatesTable, entriesTable, linksTable } from "./preview-parts.ts";

const unpack = promisify(gunzip);
const Id = z.string().min(1).max(64);
const Query = z.object({ id: Id, n: z.coerce.number().int().min(0).max(100).default(0) });
const Form = z.object({ id: Id, reason: z.string().trim().max(500).default("") });

/** A page that came from elsewhere runs nothing, asks nobody, and is shown on our own pages only. */
const CAPTURE_POLICY =
  "sandbox; default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'";
const PREVIEW_POLICY =
  "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-src 'self'; frame-ancestors 'none'";

/** `/admin/preview`: what a source would bring, side by side with its pages, and the button that watches it. */
export function previewPage({ store, actions, pointing }: AdminDeps): FastifyPluginAsync {
  const named = async (id: string): Promise<Preview> => {
    const preview = await getPreview(store, id);
    if (!preview) throw new ProblemError(404, "not-found", "There is no such preview any more.");
    return preview;
  };
  return async (app) => {
    app.get("/admin/preview", { schema: { hide: true } }, async (request, reply) => {
      const preview = await named(readQuery(Query, request).id);
      if (preview.state === "working") reply.header("refresh", "2");
      reply.header("content-security-policy", PREVIEW_POLICY);
      const { pages: _, ...twin } = preview;
      const writes = actions !== null && may(request, "operate");
      return sendEither(request, reply, twin, () =>
        frame(
          "Preview",
          bodyOf(request, preview, { writes, points: writes && pointing !== null }),
          request,
        ),
      );
    });

    // As with the raw archive: pages open themselves while nobody has an account, this doesn't.
    const preHandler = async (request: FastifyRequest) => void actorName(request);
    const own = { preHandler, schema: { hide: true } };
    app.get("/admin/preview/page", own, async (request, reply) => {
      const { id, n } = readQuery(Query, request);
      const page = (await named(id)).pages[n];
      if (!page?.body) throw new ProblemError(404, "not-found", "This page isn't kept.");
      const type = page.headers["content-type"] ?? "text/html";
      return reply
        .header("content-security-policy", CAPTURE_POLICY)
        .header("cache-control", "no-store")
        .header("content-type", /html/i.test(type) ? type : "text/plain; charset=utf-8")
        .send(await unpack(page.body));
    });

    if (!actions) return;
    app.post("/admin/preview/activate", { schema: { hide: true } }, async (request, reply) => {
      const { id, reason } = readForm(Form, request);
      const done = await actions.activate(id, askedBy(request, reason));
      return answerAction(request, reply, `/admin/preview?id=${encodeURIComponent(id)}`, done);
    });
  };
}

function bodyOf(
  request: FastifyRequest,
  preview: Preview,
  { writes, points }: { writes: boolean; points: boolean },
): Html {
  const { home, sourceId, state, step, result, siteDiscovery, yaml, activated } = preview;
  const title = html`<h1>Preview of ${sourceId ?? home ?? "a declaration"}</h1>`;
  if (state === "working") {
    return html`${title}<p role="status">At work: ${step}. This page asks again every 2 s.</p>`;
  }
  const problems = result?.problems.map(
    ({ level, text }) => html`<li><strong>${level}</strong>: ${text}</li>`,
  );
  const verdict = result
    ? html`<p>It is <span class="state ${LOOKS[result.verdict]}">${result.verdict}</span>${result.verdict === "green" && ": nothing speaks against it"}.</p>${problems && problems.length > 0 && html`<ul>${problems}</ul>`}`
    : html`<p class="alarm" role="alert">It failed: ${step}</p>`;
  const live =
    activated &&
    html`<p>Watched since ${activated.at.toISOString()} by ${activated.by}${activated.reason && `: ${activated.reason}`}. This preview is its fixture.</p>`;
  const facts =
    siteDiscovery &&
    html`<p>robots.txt: ${siteDiscovery.robots.verdict}; language ${siteDiscovery.language ?? "unknown"}, country ${siteDiscovery.country ?? "unknown"};
${siteDiscovery.requestsPerDay !== null && `about ${siteDiscovery.requestsPerDay} requests a day`}</p>`;
  return html`<div>${title}${verdict}${facts}${live}</div>
${writes && result && !activated && activateForm(request, preview)}
${yaml !== null && declarationForm(request, yaml, writes)}
${siteDiscovery && candidatesTable(siteDiscovery.candidates)}
${result && html`${entriesTable(result.entries)}${articlesSection(preview, { points: points && !activated, shows: isKnown(request) })}${linksTable(result.links)}`}`;
}

function activateForm(request: FastifyRequest, { _id, result }: Preview): Html {
  const green = result?.verdict === "green";
  const why = green
    ? html`<label>Note <input name="reason" maxlength="500" size="40"></label>`
    : html`<label>Why it is wanted all the same <input name="reason" required minlength="${SHORTEST_REASON}" maxlength="500" size="60"></label>`;
  return html`<form method="post" action="/admin/preview/activate">${formToken(request)}<input type="hidden" name="id" value="${_id}">${why}
<button>Watch this source</button></form>`;
}

function declarationForm(request: FastifyRequest, yaml: string, writes: boolean): Html {
  if (!writes) return html`<section><h2>Declaration</h2><pre>${yaml}</pre></section>`;
  return html`<section><h2>Declaration</h2><form method="post" action="/admin/add">${formToken(request)}
<label>YAML <textarea name="yaml" rows="${Math.min(30, yaml.split("\n").length + 1)}" cols="90">${yaml}</textarea></label>
<button>Preview again with these changes</button></form></section>`;
}
