import type { FastifyRequest } from "fastify";
import { z } from "zod";
import { dropView, saveView } from "../../../articles/stream/views.ts";
import { type Html, html } from "../../../lib/text.ts";
import { STATES } from "../../../model/articles/article.ts";
import { ProblemError } from "../../../model/problem.ts";
import { Query, type View, ViewId } from "../../../model/publish/filter.ts";
import { listViews } from "../../../store/publish/views.ts";
import { sourceNames } from "../../../store/sources/sources.ts";
import { may } from "../../auth/access.ts";
import { actionForm, namesOf, options, Reason, Several, unlessEmpty } from "../forms.ts";
import { type AdminDeps, type AdminPage, action } from "../page.ts";
import { at, conditionsOf, section } from "../tables.ts";

const wordsBy = (separator: RegExp) =>
  z
    .string()
    .default("")
    .transform((text) => text.split(separator).map((word) => word.trim()))
    .transform((all) => all.filter((word) => word !== ""));
const words = wordsBy(/[,\s]+/);
const Save = z.object({
  id: ViewId,
  name: z.string().trim().min(1).max(100),
  source: Several,
  topic: Several,
  country: words,
  region: words,
  city: wordsBy(/,/),
  language: words,
  state: Several,
  relevance: unlessEmpty(z.string().transform(Number).optional()),
  copies: z
    .literal("false")
    .transform(() => false)
    .optional(),
  reason: Reason,
});
const Remove = z.object({ id: ViewId, reason: Reason });

export const viewsPage: AdminPage = {
  path: "/admin/views",
  title: "Views",
  section: "Publishing",
  commands: ["newsgather views list"],
  async show(request, deps) {
    const views = await listViews(deps.store);
    const forms = may(request, "edit") && (await formsOf(deps, request, views));
    const table = section(
      "Views",
      ["View", "Name", "Filter", "Page", "Feed", "Export", "Saved"],
      views.map(
        ({ _id, name, filter, at: when, actor }) =>
          html`<tr><td>${_id}</td><td>${name}</td><td class="why">${conditionsOf(filter)}</td>
<td><a href="/view/${_id}">page</a></td><td><a href="/feeds/view/${_id}.atom">feed</a></td><td><a href="/admin/exports?view=${_id}">export</a></td>
<td>${at(deps.timezone, when)} by ${actor}</td></tr>\n`,
      ),
      html`No views yet. A view is a saved query with its own page, feed, stream and export.`,
    );
    return { json: { views }, html: html`${table}${forms}` };
  },
  actions: [
    action("/admin/views", "edit", Save, async (form, { store, topics, now }, author) => {
      const { id, name, reason: _, ...fields } = form;
      const present = Object.entries(fields).filter(
        ([, value]) => value !== undefined && String(value) !== "",
      );
      const filter = Query.safeParse(Object.fromEntries(present));
      if (!filter.success) {
        throw new ProblemError(400, "invalid-form", z.prettifyError(filter.error));
      }
      const known = topics.map((topic) => topic.id);
      const view = { id, name, filter: filter.data };
      await saveView(store, view, { ...author, topics: known, now: now() });
      return `saved; /view/${id} and /feeds/view/${id}.atom show the view within five seconds`;
    }),
    action("/admin/views/remove", "edit", Remove, async ({ id }, { store, now }, author) => {
      await dropView(store, id, { ...author, now: now() });
      return "removed";
    }),
  ],
};

async function formsOf(
  { store, topics }: AdminDeps,
  request: FastifyRequest,
  views: readonly View[],
): Promise<Html> {
  const sources = options(namesOf(await sourceNames(store)));
  const fields = html`<label class="form-label">Id <input class="form-control" name="id" required pattern="[a-z0-9][a-z0-9\\-]{1,62}"></label>
<label class="form-label">Name <input class="form-control" name="name" required maxlength="100"></label>
<label class="form-label">Topics <select class="form-select" name="topic" multiple size="6">${options(topics.map(({ id, name }) => [id, name]))}</select></label>
<label class="form-label">Sources <select class="form-select" name="source" multiple size="6">${sources}</select></label>
<label class="form-label">Countries <input class="form-control" name="country" placeholder="DE, AT"></label>
<label class="form-label">Regions <input class="form-control" name="region" placeholder="DE-BE"></label>
<label class="form-label">Cities <input class="form-control" name="city" placeholder="Berlin, Hamburg"></label>
<label class="form-label">Languages <input class="form-control" name="language" placeholder="de, en"></label>
<label class="form-label">Relevance from <input class="form-control" name="relevance" type="number" min="0" max="1" step="0.05"></label>
<label class="form-check"><input class="form-check-input" type="checkbox" name="copies" value="false"> Without copies</label>
<label class="form-label">States <select class="form-select" name="state" multiple size="5">${options(STATES)}</select></label>`;
  const save = actionForm(request, { action: "/admin/views", button: "Save", fields });
  const remove = actionForm(request, {
    action: "/admin/views/remove",
    button: "Remove",
    fields: html`<label class="form-label">View <select class="form-select" name="id">${options(namesOf(views))}</select></label>`,
    isFinal: true,
  });
  return html`<section class="card card-body"><h2 class="card-title">Save a view</h2><p>An empty field sets no condition. A view with the same id is replaced.</p>${save}</section>
${views.length > 0 && html`<section class="card card-body"><h2 class="card-title">Remove a view</h2>${remove}</section>`}`;
}
