import type { FastifyPluginAsync, FastifyRequest } from "fastify";
import { z } from "zod";
import { type Html, html } from "../../lib/html.ts";
import { EXPORT_FORMATS, type Export } from "../../model/archive/export.ts";
import { ViewId } from "../../model/publish/view.ts";
import { FormMoment } from "../../model/request-times.ts";
import { listExports } from "../../store/archive/exports.ts";
import { listViews } from "../../store/publish/views.ts";
import { sourceNames } from "../../store/sources/directory.ts";
import { isKnown } from "../auth/actor.ts";
import { actionForm, answerAction, askedBy, Reason, readForm, Several } from "./actions.ts";
import type { AdminDeps } from "./deps.ts";
import { frame, sendEither } from "./frame.ts";
import { section } from "./tables.ts";
import { at } from "./words.ts";

const day = z.union([z.literal("").transform(() => undefined), FormMoment]).optional();
const Ask = z.object({
  format: z.enum(EXPORT_FORMATS),
  source: Several.transform((all) => (all.length > 0 ? all : undefined)),
  view: z.union([z.literal("").transform(() => undefined), ViewId]).optional(),
  search: z
    .string()
    .trim()
    .max(1000)
    .transform((text) => (text === "" ? undefined : text))
    .optional(),
  since: day,
  until: day,
  as_of: day,
  reason: Reason,
});
const Remove = z.object({ id: z.string().max(40), reason: Reason });

/** `/admin/exports`: what was asked for, how far it is, its files, and the form to ask for one. */
export function exportsPage(deps: AdminDeps): FastifyPluginAsync {
  const { store, timezone, actions, now } = deps;
  return async (app) => {
    app.get("/admin/exports", { schema: { hide: true } }, async (request, reply) => {
      const exports = await listExports(store, now());
      return sendEither(request, reply, { exports }, async () => {
        const table = section(
          "Exports",
          ["Asked", "By", "What", "State", "Written", "Files", "Until"],
          exports.map((one) => row(one, timezone)),
          html`None: exports are written while nobody waits, and kept for a week.`,
        );
        const forms = actions !== null && isKnown(request) && (await formsOf(deps, request));
        return frame("Exports", html`${table}${forms}`, request);
      });
    });

    if (!actions) return;
    app.post("/admin/exports", { schema: { hide: true } }, async (request, reply) => {
      const { reason, ...wish } = readForm(Ask, request);
      const done = await actions.askExport(wish, askedBy(request, reason));
      return answerAction(request, reply, "/admin/exports", done);
    });
    app.post("/admin/exports/remove", { schema: { hide: true } }, async (request, reply) => {
      const { id, reason } = readForm(Remove, request);
      const done = await actions.removeExport(id, askedBy(request, reason));
      return answerAction(request, reply, "/admin/exports", done);
    });
  };
}

function row(one: Export, zone: string): Html {
  const { _id: id, wish, by, state, written, reason, files, askedAt, expiresAt } = one;
  const { format, sources, where, search, since, until, asOf } = wish;
  const parts = [
    format,
    sources && `of ${sources.join(", ")}`,
    where && JSON.stringify(where),
    search && `found by ${search}`,
    since.getTime() > 0 && `since ${since.toISOString().slice(0, 10)}`,
    `until ${until.toISOString().slice(0, 16)}Z`,
    asOf && `as of ${asOf.toISOString().slice(0, 16)}Z`,
  ];
  const links = files.map(({ name, bytes }) => {
    return html`<li><a href="/v1/exports/${id}/files/${encodeURIComponent(name)}">${name}</a> ${(bytes / 1e6).toFixed(1)} MB</li>`;
  });
  return html`<tr><td>${at(zone, askedAt)}</td><td>${by}</td><td class="why">${parts.filter(Boolean).join("; ")}<br><code>${id}</code></td>
<td>${state}${reason && html`: ${reason}`}</td><td>${written}</td><td>${links.length > 0 && html`<details><summary>${files.length}</summary><ul>${links}</ul></details>`}</td><td>${at(zone, expiresAt)}</td></tr>\n`;
}

async function formsOf({ store }: AdminDeps, request: FastifyRequest): Promise<Html> {
  const option = ({ id, name }: { id: string; name: string }) =>
    html`<option value="${id}">${name}</option>`;
  const sources = (await sourceNames(store)).map(({ _id: id, name }) => ({ id, name }));
  const views = (await listViews(store)).map(({ _id: id, name }) => ({ id, name }));
  const formats = EXPORT_FORMATS.map((id) => ({ id, name: id }));
  const fields = html`<label>Format <select name="format">${formats.map(option)}</select></label>
<label>Sources (none: all) <select name="source" multiple size="6">${sources.map(option)}</select></label>
<label>View <select name="view"><option value="">none</option>${views.map(option)}</select></label>
<label>Found by a search <input name="search" maxlength="1000" size="40"></label>
<label>Since <input name="since" type="date"></label>
<label>Until <input name="until" type="date"></label>
<label>As known on <input name="as_of" type="date"></label>`;
  const remove = html`<label>Id <input name="id" required></label>`;
  return html`<section><h2>Ask for an export</h2>${actionForm(request, { action: "/admin/exports", button: "Ask", fields })}</section>
<section><h2>Remove one</h2>${actionForm(request, { action: "/admin/exports/remove", button: "Remove", fields: remove })}</section>`;
}
