import type { FastifyRequest } from "fastify";
import { z } from "zod";
import { type Html, html } from "../../../lib/text.ts";
import { EXPORT_FORMATS, EXPORT_PURPOSES, type Export } from "../../../model/archive/export.ts";
import { ViewId } from "../../../model/publish/filter.ts";
import { TimeText } from "../../../model/request-times.ts";
import { listExports } from "../../../store/archive/exports.ts";
import { listViews } from "../../../store/publish/views.ts";
import { sourceNames } from "../../../store/sources/sources.ts";
import { dropExport, requestExport } from "../../api/exports.ts";
import { isKnown } from "../../auth/access.ts";
import { actionForm, namesOf, options, Reason, Several, unlessEmpty } from "../forms.ts";
import { type AdminDeps, type AdminPage, action, readQuery } from "../page.ts";
import { at, section } from "../tables.ts";

const MAX_OPEN_FILES = 4;
const RELOAD_S = 5;

const time = unlessEmpty(TimeText.optional());
const Ask = z.object({
  format: z.enum(EXPORT_FORMATS),
  purpose: z.enum(EXPORT_PURPOSES),
  source: Several.transform((all) => (all.length > 0 ? all : undefined)),
  view: unlessEmpty(ViewId.optional()),
  search: z
    .string()
    .trim()
    .max(1000)
    .transform((text) => (text === "" ? undefined : text))
    .optional(),
  since: time,
  until: time,
  as_of: time,
  reason: Reason,
});
const Query = z.object({ view: z.string().max(63).default("") });
const Remove = z.object({ id: z.string().max(40), reason: Reason });

export const exportsPage: AdminPage = {
  path: "/admin/exports",
  title: "Exports",
  section: "Archive",
  commands: ["newsgather export --format parquet -o FOLDER"],
  countAttention: async ({ store, now }) =>
    (await listExports(store, now())).filter(({ state }) => state === "failed").length,
  async show(request, deps) {
    const { store, timezone, now } = deps;
    const { view } = readQuery(Query, request);
    const exports = await listExports(store, now());
    const page = async () => {
      const table = section(
        "Exports",
        ["Requested", "Who", "What", "State", "Written", "Files", "Until"],
        exports.map((one) => row(one, timezone)),
        html`No exports yet. Exports are written in the background and stored for a week.`,
      );
      const refresh = isWriting && html` data-refresh="${RELOAD_S}"`;
      return html`<div id="exports"${refresh}>${table}</div>${isKnown(request) && (await formsOf(deps, request, { view, exports }))}`;
    };
    const isWriting = exports.some(({ state }) => state === "waiting" || state === "running");
    return { json: { exports }, html: page, ...(isWriting && { reload: RELOAD_S }) };
  },
  actions: [
    action("/admin/exports", "read", Ask, async (form, deps, author) => {
      const { _id } = await requestExport(deps, form, { ...author, now: deps.now() });
      return `the export ${_id} has started`;
    }),
    action("/admin/exports/remove", "read", Remove, async ({ id }, { store, now }, author) => {
      await dropExport(store, id, { ...author, now: now() });
      return "removed";
    }),
  ],
};

function row(one: Export, zone: string): Html {
  const { _id: id, actor, state, written, leftOut, reason, files, requestedAt, expiresAt } = one;
  const { format, purpose, sources, where, search, since, until, asOf } = one.params;
  const parts = [
    format,
    `for ${purpose}`,
    sources && `of ${sources.join(", ")}`,
    where && JSON.stringify(where),
    search && `found by ${search}`,
    since.getTime() > 0 && `since ${since.toISOString().slice(0, 10)}`,
    `until ${until.toISOString().slice(0, 16)}Z`,
    asOf && `as of ${asOf.toISOString().slice(0, 16)}Z`,
  ];
  const left = Object.entries(leftOut).map(([why, count]) => html`<li>${count}: ${why}</li>`);
  const leftCount = Object.values(leftOut).reduce((sum, count) => sum + count, 0);
  const rest =
    leftCount > 0 &&
    html`<details><summary>${leftCount} skipped</summary><ul>${left}</ul></details>`;
  const links = files.map(({ name, bytes }) => {
    return html`<li><a href="/v1/exports/${id}/files/${encodeURIComponent(name)}">${name}</a> ${(bytes / 1e6).toFixed(1)} MB</li>`;
  });
  const list = links.length > 0 && html`<ul class="list-unstyled mb-0">${links}</ul>`;
  const folded = html`<details><summary>${links.length}</summary>${list}</details>`;
  return html`<tr><td>${at(zone, requestedAt)}</td><td>${actor}</td><td class="why">${parts.filter(Boolean).join("; ")}</td>
<td>${state}${reason && html`: ${reason}`}</td><td>${written}${rest}</td><td>${links.length > MAX_OPEN_FILES ? folded : list}</td><td>${at(zone, expiresAt)}</td></tr>\n`;
}

async function formsOf(
  { store }: AdminDeps,
  request: FastifyRequest,
  { view, exports }: { view: string; exports: readonly Export[] },
): Promise<Html> {
  const sources = options(namesOf(await sourceNames(store)));
  const views = options(namesOf(await listViews(store)), view);
  const fields = html`<label class="form-label">Format <select class="form-select" name="format">${options(EXPORT_FORMATS)}</select></label>
<label class="form-label">Purpose <select class="form-select" name="purpose">${options(EXPORT_PURPOSES, "analysis")}</select></label>
<label class="form-label">Sources (none: all) <select class="form-select" name="source" multiple size="6">${sources}</select></label>
<label class="form-label">View <select class="form-select" name="view"><option value="">none</option>${views}</select></label>
<label class="form-label">Only articles that this search finds <input class="form-control" name="search" maxlength="1000" size="40"></label>
<label class="form-label">Since <input class="form-control" name="since" type="date"></label>
<label class="form-label">Until <input class="form-control" name="until" type="date"></label>
<label class="form-label">Archive as it was on (empty: as it is now) <input class="form-control" name="as_of" type="date"></label>`;
  const removable = exports.map(({ _id, params, actor, requestedAt }): [string, string] => {
    const minute = requestedAt.toISOString().slice(0, 16).replace("T", " ");
    return [_id, `${minute}, ${params.format}, ${actor}`];
  });
  const remove = html`<label class="form-label">Export <select class="form-select" name="id">${options(removable)}</select></label>`;
  return html`<section class="card card-body"><h2 class="card-title">New export</h2>${actionForm(request, { action: "/admin/exports", button: "Start the export", fields })}</section>
${removable.length > 0 && html`<section class="card card-body"><h2 class="card-title">Remove an export</h2>${actionForm(request, { action: "/admin/exports/remove", button: "Remove", fields: remove, isFinal: true })}</section>`}`;
}
