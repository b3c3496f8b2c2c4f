import type { FastifyPluginAsync, FastifyRequest } from "fastify";
import { z } from "zod";
import { type Html, html } from "../../lib/html.ts";
import { STATES } from "../../model/articles/editorial.ts";
import { ProblemError } from "../../model/problem.ts";
import { Query } from "../../model/publish/filter.ts";
import { type View, ViewId } from "../../model/publish/view.ts";
import { listViews } from "../../store/publish/views.ts";
import { sourceNames } from "../../store/sources/directory.ts";
import { may } from "../auth/actor.ts";
import { actionForm, answerAction, askedBy, Reason, readForm, Several } from "./actions.ts";
import type { AdminDeps } from "./deps.ts";
import { frame, sendEither } from "./frame.ts";
import { section } from "./tables.ts";
import { at } from "./words.ts";

const words = z
  .string()
  .default("")
  .transform((text) => text.split(/[,\s]+/).filter((word) => word !== ""));
const Save = z.object({
  id: ViewId,
  name: z.string().trim().min(1).max(100),
  source: Several,
  topic: Several,
  country: words,
  region: words,
  city: z
    .string()
    .default("")
    .transform((text) => text.split(",").map((word) => word.trim()))
    .transform((all) => all.filter((word) => word !== "")),
  language: words,
  state: Several,
  relevance: z
    .string()
    .default("")
    .transform((text) => (text === "" ? undefined : Number(text))),
  copies: z
    .literal("false")
    .transform(() => false)
    .optional(),
  reason: Reason,
});
const Remove = z.object({ id: ViewId, reason: Reason });

/** `/admin/views`: the saved queries, where each is to be had, and the forms to save and remove one. */
export function viewsPage(deps: AdminDeps): FastifyPluginAsync {
  const { store, timezone, actions } = deps;
  return async (app) => {
    app.get("/admin/views", { schema: { hide: true } }, async (request, reply) => {
      const views = await listViews(store);
      const forms = actions !== null && may(request, "edit") && (await formsOf(deps, request));
      const table = section(
        "Views",
        ["View", "Name", "Asks for", "Page", "Feed", "Saved"],
        views.map((view) => row(view, timezone)),
        html`None: a view is a saved query, which is a page, a feed, a reader of the stream and an export at once.`,
      );
      return sendEither(request, reply, { views }, () =>
        frame("Views", html`${table}${forms}`, request),
      );
    });

    if (!actions) return;
    app.post("/admin/views", { schema: { hide: true } }, async (request, reply) => {
      const { id, name, reason, ...fields } = readForm(Save, request);
      const named = Object.entries(fields).filter(
        ([, value]) => value !== undefined && String(value) !== "",
      );
      const filter = Query.safeParse(Object.fromEntries(named));
      if (!filter.success) {
        throw new ProblemError(400, "invalid-form", z.prettifyError(filter.error));
      }
      const wanted = { id, name, filter: filter.data };
      const done = await actions.saveView(wanted, askedBy(request, reason));
      return answerAction(request, reply, "/admin/views", done);
    });

    app.post("/admin/views/remove", { schema: { hide: true } }, async (request, reply) => {
      const { id, reason } = readForm(Remove, request);
      const done = await actions.removeView(id, askedBy(request, reason));
      return answerAction(request, reply, "/admin/views", done);
    });
  };
}

function row({ _id, name, filter, at: when, by }: View, zone: string): Html {
  const asks = Object.entries(filter).map(([field, values]) => `${field} ${String(values)}`);
  return html`<tr><td>${_id}</td><td>${name}</td><td class="why">${asks.join("; ") || "everything"}</td>
<td><a href="/view/${_id}">page</a></td><td><a href="/feeds/view/${_id}.atom">feed</a></td>
<td>${at(zone, when)} by ${by}</td></tr>\n`;
}

async function formsOf({ store, topics }: AdminDeps, request: FastifyRequest): Promise<Html> {
  const option = ({ id, name }: { id: string; name: string }) =>
    html`<option value="${id}">${name}</option>`;
  const sources = (await sourceNames(store)).map(({ _id: id, name }) => ({ id, name }));
  const fields = html`<label>Id <input name="id" required pattern="[a-z0-9][a-z0-9\\-]{1,62}"></label>
<label>Name <input name="name" required maxlength="100"></label>
<label>Topics <select name="topic" multiple size="6">${topics.map(option)}</select></label>
<label>Sources <select name="source" multiple size="6">${sources.map(option)}</select></label>
<label>Countries <input name="country" placeholder="DE, AT"></label>
<label>Regions <input name="region" placeholder="DE-BE"></label>
<label>Cities <input name="city" placeholder="Berlin, Hamburg"></label>
<label>Languages <input name="language" placeholder="de, en"></label>
<label>Relevance from <input name="relevance" type="number" min="0" max="1" step="0.05"></label>
<label><input type="checkbox" name="copies" value="false"> Without copies</label>
<label>States <select name="state" multiple size="5">${STATES.map((id) => option({ id, name: id }))}</select></label>`;
  const save = actionForm(request, { action: "/admin/views", button: "Save", fields });
  const remove = actionForm(request, {
    action: "/admin/views/remove",
    button: "Remove",
    fields: html`<label>Id <input name="id" required></label>`,
  });
  return html`<section><h2>Save a view</h2><p>An id that is there already is replaced.</p>${save}</section>
<section><h2>Remove a view</h2>${remove}</section>`;
}
