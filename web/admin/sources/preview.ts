import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import type { FastifyRequest } from "fastify";
import { z } from "zod";
import { type Html, html } from "../../../lib/text.ts";
import { ProblemError } from "../../../model/problem.ts";
import { failIfDead, type Preview, type PreviewResult } from "../../../model/sources/preview.ts";
import type { SourceRecord } from "../../../model/sources/source.ts";
import { diffSources } from "../../../sources/files/apply.ts";
import { hideSecrets } from "../../../sources/files/form.ts";
import { draftSource } from "../../../sources/files/load.ts";
import { activate, requestOf } from "../../../sources/preview/run.ts";
import { getPreview } from "../../../store/sources/previews.ts";
import { getSource } from "../../../store/sources/sources.ts";
import type { Store } from "../../../store/store.ts";
import { isKnown, may } from "../../auth/access.ts";
import { formToken } from "../../auth/form.ts";
import { reasonField } from "../forms.ts";
import { sendLive } from "../live.ts";
import {
  type AdminDeps,
  type AdminPage,
  action,
  type PageDeps,
  readQuery,
  STORED_PAGE_POLICY,
} from "../page.ts";
import { at, sourcePath } from "../tables.ts";
import { articlesSection, candidatesTable, entriesTable, linksTable } from "./preview-tables.ts";
import { changesOf } from "./versions.ts";

const LIVE_INTERVAL_MS = 1000;
const unpack = promisify(gunzip);
const Id = z.string().min(1).max(64);
const Query = z.object({ id: Id, n: z.coerce.number().int().min(0).max(100).default(0) });
const Form = z.object({ id: Id, reason: z.string().trim().max(500).default("") });

async function readPreview(
  { store, now }: Pick<AdminDeps, "store" | "now">,
  id: string,
): Promise<Preview> {
  const preview = await getPreview(store, id);
  if (preview) return failIfDead(preview, now());
  throw new ProblemError(404, "not-found", "This preview no longer exists.");
}

/** Returns a preview as JSON, without the values of its declaration's `headers`. */
export function previewJson(preview: Omit<Preview, "pages">) {
  return { ...preview, yaml: preview.yaml && hideSecrets(preview.yaml) };
}

export const previewPage: AdminPage = {
  path: "/admin/preview",
  title: "Preview",
  section: "Sources",
  under: "/admin/add",
  commands: ["newsgather sources preview FILE --activate"],
  frames: true,
  async show(request, deps) {
    const preview = await readPreview(deps, readQuery(Query, request).id);
    const { pages: _, ...shown } = preview;
    const isWorking = preview.state === "working";
    const live = `/admin/preview/live?id=${encodeURIComponent(preview._id)}`;
    return {
      json: previewJson(shown),
      html: async () => {
        const body = await bodyOf(request, deps, preview);
        return isWorking
          ? html`<div id="live" class="vstack gap-3" data-live="${live}">${body}</div>`
          : body;
      },
      title: `Preview of ${preview.sourceId ?? preview.home ?? "a declaration"}`,
      buttons: buttonsOf(request, preview),
      ...(isWorking && { reload: 2 }),
    };
  },
  actions: [
    action("/admin/preview/activate", "operate", Form, async ({ id }, deps, author) => {
      const done = await activate(deps, await readPreview(deps, id), author);
      return { location: `/admin/preview?id=${encodeURIComponent(id)}`, done };
    }),
    action("/admin/preview/again", "operate", Form, async ({ id }, deps, { actor }) => {
      const again = await deps.sites.preview(requestOf(await readPreview(deps, id)), actor);
      return { location: `/admin/preview?id=${encodeURIComponent(again)}`, done: { id: again } };
    }),
  ],
  files: [
    {
      path: "/admin/preview/live",
      async send(request, reply, deps) {
        const { id } = readQuery(Query, request);
        const read = async () => {
          const preview = await readPreview(deps, id);
          const isFinal = preview.state !== "working";
          return { part: await bodyOf(request, deps, preview), isFinal };
        };
        return sendLive(request, reply, deps, { intervalMs: LIVE_INTERVAL_MS, read });
      },
    },
    {
      path: "/admin/preview/page",
      asksWho: true,
      async send(request, reply, deps) {
        const { id, n } = readQuery(Query, request);
        const page = (await readPreview(deps, id)).pages[n];
        if (!page?.body) throw new ProblemError(404, "not-found", "This page isn't stored.");
        const type = page.headers["content-type"] ?? "text/html";
        return reply
          .header("content-security-policy", STORED_PAGE_POLICY)
          .header("cache-control", "no-store")
          .header("content-type", /html/i.test(type) ? type : "text/plain; charset=utf-8")
          .send(await unpack(page.body));
      },
    },
  ],
};

async function readChanged(store: Store, { sourceId }: Preview): Promise<SourceRecord | null> {
  const source = sourceId === null ? null : await getSource(store, sourceId);
  return source?.active ? source : null;
}

async function bodyOf(
  request: FastifyRequest,
  { store, timezone }: Pick<PageDeps, "store" | "timezone">,
  preview: Preview,
): Promise<Html> {
  const writes = may(request, "operate");
  const { state, result, siteDiscovery, yaml, activated } = preview;
  if (state === "working") return progressOf(preview);
  const verdict = result ? verdictCard(preview, result) : failedCard(request, preview);
  const live =
    activated &&
    html`<p class="alert alert-success">Watched since ${at(timezone, activated.at)} by ${activated.actor}${activated.reason && `: ${activated.reason}`}. This preview is now the source's fixture: tests of the source compare with it.</p>`;
  const isSavable = writes && result && !activated;
  const save = isSavable && saveCard(request, preview, await readChanged(store, preview));
  const details = html`${siteDiscovery && folded(`What the site offers: ${siteDiscovery.candidates.length}`, candidatesTable(siteDiscovery.candidates))}
${result && html`${folded(`Entry points: ${result.entries.length}`, entriesTable(result.entries))}${folded(`Links: ${result.links.length}`, linksTable(result.links))}`}
${yaml !== null && folded("Declaration", html`<section class="card card-body"><pre>${hideSecrets(yaml)}</pre></section>`)}`;
  return html`${verdict}${live}${save}
${result && articlesSection(preview, { picks: writes && !activated, shows: isKnown(request), zone: timezone })}${details}`;
}

function failedCard(request: FastifyRequest, { _id, step }: Preview): Html {
  const again =
    may(request, "operate") &&
    html`<form method="post" action="/admin/preview/again" class="mt-2">${formToken(request)}<input type="hidden" name="id" value="${_id}"><button class="btn btn-primary">Try again</button></form>`;
  return html`<div class="alert alert-danger" role="alert"><div><h2 class="alert-heading">The preview failed</h2><p class="stored-text">${step}</p>${again}</div></div>`;
}

function progressOf({ step, found = [] }: Preview): Html {
  const lines = found.map(
    ({ kind, url, articles, why }) =>
      html`<li><span class="status ${why === null ? "status-green" : "status-secondary"}">${kind}</span> <span class="url">${url}</span> ${why ?? `${articles} articles`}</li>`,
  );
  return html`<section class="card card-body" aria-live="polite"><h2 class="card-title">At work</h2><progress class="w-100" aria-label="At work"></progress>
<p class="mt-2">Now: <span class="url">${step}</span></p>${lines.length > 0 && html`<ul>${lines}</ul>`}</section>`;
}

const VERDICT_TEXTS = {
  green: "Green: the source can be watched",
  amber: "Amber: the source can be watched, with these problems",
  red: "Red: the source would find nothing",
} as const satisfies Record<PreviewResult["verdict"], string>;

function verdictCard({ siteDiscovery }: Preview, result: PreviewResult): Html {
  const { verdict, problems, entries, links, articles } = result;
  const kinds = { green: "success", amber: "warning", red: "danger" } as const;
  const read = articles.filter(({ why }) => why === null).length;
  const followed = links.filter(({ reason }) => reason === null).length;
  const lines = problems.map(
    ({ level, text }) => html`<li><strong>${level}</strong>: ${text}</li>`,
  );
  const facts =
    siteDiscovery &&
    html`<p>robots.txt: ${siteDiscovery.robots.verdict}; language ${siteDiscovery.language ?? "unknown"}, country ${siteDiscovery.country ?? "unknown"}${siteDiscovery.requestsPerDay !== null && `; about ${siteDiscovery.requestsPerDay} requests a day`}.</p>`;
  return html`<div class="alert alert-${kinds[verdict]}" role="status"><div><h2 class="alert-heading">${VERDICT_TEXTS[verdict]}</h2>
<p>Entry points: ${entries.length}. Links: ${links.length}, of which ${followed} would be followed. Articles read: ${read} of ${articles.length}.</p>${facts}${lines.length > 0 && html`<ul class="mb-0">${lines}</ul>`}</div></div>`;
}

function folded(title: string, content: Html): Html {
  return html`<details><summary class="py-1">${title}</summary>${content}</details>\n`;
}

function buttonsOf(request: FastifyRequest, { _id, yaml, activated, sourceId }: Preview): Html {
  const id = encodeURIComponent(_id);
  const edits = may(request, "operate") && yaml !== null && !activated;
  return html`${edits && html`<a class="btn" href="/admin/source/edit?preview=${id}">Change it</a>`}${activated && sourceId && html`<a class="btn btn-primary" href="${sourcePath(sourceId)}">The source</a>`}`;
}

function saveCard(request: FastifyRequest, preview: Preview, changed: SourceRecord | null): Html {
  const { _id, result, yaml } = preview;
  const hidden = html`<input type="hidden" name="id" value="${_id}">`;
  if (changed) {
    const draft = draftSource(yaml ?? "", null);
    const changes =
      "source" in draft
        ? diffSources({ ...changed, verified: draft.source.verified }, draft.source)
        : [];
    return html`<section class="card card-body"><h2 class="card-title">Changes to ${changed.name}</h2><div class="diff mb-3">${changes.length > 0 ? changesOf(changes) : "Nothing."}</div>
${
  changes.length > 0 &&
  html`<form method="post" action="/admin/preview/activate">${formToken(request)}${hidden}${reasonField({ label: "Reason for the change" })}
<button class="btn btn-primary">Save these changes</button></form>`
}</section>`;
  }
  const why =
    result?.verdict === "green"
      ? html`<label class="form-label">Note <input class="form-control" name="reason" maxlength="500" size="40"></label>`
      : reasonField({ label: "Why watch the source anyway" });
  return html`<section class="card card-body"><h2 class="card-title">Put the source live</h2><form method="post" action="/admin/preview/activate">${formToken(request)}${hidden}${why}
<button class="btn btn-primary">Watch this source</button></form></section>`;
}
