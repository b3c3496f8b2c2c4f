import type { FastifyRequest } from "fastify";
import { z } from "zod";
import { type Html, html } from "../../../lib/text.ts";
import { checked } from "../../../model/problem.ts";
import { changeSources, importSources, readSourceFiles } from "../../../sources/files/manage.ts";
import { may } from "../../auth/access.ts";
import { formToken } from "../../auth/form.ts";
import { Reason } from "../forms.ts";
import { type AdminPage, action } from "../page.ts";
import { badge } from "../states.ts";
import { section } from "../tables.ts";
import { changesOf, versionsLink } from "./versions.ts";

const Lines = z
  .string()
  .max(5000)
  .default("")
  .transform((text) => text.split(/\r?\n/).flatMap((line) => line.trim() || []));
const Doing = z.enum(["show", "do"]).default("show");
const ImportForm = z.object({
  text: z.string().min(1).max(900_000),
  format: z.enum(["opml", "csv"]),
  doing: Doing,
});
const EditForm = z
  .object({ where: Lines, set: Lines, unset: Lines, doing: Doing, reason: z.string().default("") })
  .refine(({ where }) => where.length > 0, {
    error: "write at least one condition",
    path: ["where"],
  });

export const importExportPage: AdminPage = {
  path: "/admin/import-export",
  title: "Import, export, edit",
  section: "Sources",
  tab: "Import / export",
  commands: [
    "newsgather sources export",
    "newsgather sources import FILE",
    "newsgather sources edit --where country=DE --set pace.delay=5s",
  ],
  async show(request) {
    const page = () => html`${EXPORT_SECTION}${may(request, "operate") && formsOf(request)}`;
    return { json: { opml: "/admin/sources.opml" }, html: page };
  },
  actions: [
    action("/admin/import-export/import", "operate", ImportForm, async (form, deps) => {
      const { text, format, doing } = form;
      const dryRun = doing === "show";
      const read = await importSources(deps, { text, format, dryRun });
      const rows = read.map(({ where, id, fate, why }) => ({ where, id, fate, why }));
      const lines = rows.map(
        ({ where, id, fate, why }) =>
          html`<tr><td>${badge(fate)}</td><td>${id}</td><td><bdi>${where}</bdi></td><td class="why">${why}</td></tr>\n`,
      );
      const heads = ["Fate", "Id", "Where", "Why"];
      const table = section("Sources of the file", heads, lines, html`None.`);
      const next = dryRun
        ? 'Nothing has been written yet. To write files, go back and choose "Write a file for each new source".'
        : html`Open <a href="/admin/plan">the plan</a> to apply the new files.`;
      return { json: { rows }, html: html`${table}<p>${next}</p>`, title: "Import" };
    }),
    action("/admin/import-export/edit", "operate", EditForm, async (form, deps, { actor }) => {
      const { doing, reason, ...edit } = form;
      const done = doing === "do";
      const author = done ? { actor, reason: checked(Reason, reason, "invalid-form") } : null;
      const change = await changeSources(deps, edit, author);
      const next = done
        ? "Done."
        : 'Nothing has been changed yet. To change the sources, go back and choose "Change the sources".';
      const rows = change.map(
        ({ id, name, fields }) =>
          html`<tr><td><bdi>${name}</bdi></td><td>${versionsLink(id)}</td><td class="why">${changesOf(fields)}</td></tr>\n`,
      );
      const none = html`No source matches, or all matching sources already have these values.`;
      const table = section("Sources", ["Source", "Id", "What changes"], rows, none);
      return { json: { change, done }, html: html`${table}<p>${next}</p>`, title: "Edit" };
    }),
  ],
  files: [
    {
      path: "/admin/sources.opml",
      async send(_, reply, deps) {
        const { toOpml } = await import("../../../sources/files/opml.ts");
        return reply
          .header("content-type", "text/x-opml; charset=utf-8")
          .header("content-disposition", 'attachment; filename="newsgather.opml"')
          .header("cache-control", "no-store")
          .send(toOpml((await readSourceFiles(deps)).declarations, "Sources of Newsgather"));
      },
    },
  ],
};

const EXPORT_SECTION = html`<section class="card card-body"><h2 class="card-title">Export</h2><p><a href="/admin/sources.opml">All sources as OPML</a>, with all settings except headers.</p></section>`;

function formsOf(request: FastifyRequest): Html {
  const doing = (words: string) =>
    html`<label class="form-check"><input class="form-check-input" type="radio" name="doing" value="show" checked> Only show what would change</label>
<label class="form-check"><input class="form-check-input" type="radio" name="doing" value="do"> ${words}</label>`;
  return html`<section class="card card-body"><h2 class="card-title">Import</h2><form method="post" action="/admin/import-export/import">${formToken(request)}
<label class="form-label">Format <select class="form-select" name="format"><option value="opml">OPML</option><option value="csv">CSV</option></select></label>
<label class="form-label">Text of the file <textarea class="form-control" name="text" rows="8" cols="80" required></textarea></label>
${doing("Write a file for each new source")}<button class="btn btn-primary">Import</button></form></section>
<section class="card card-body"><h2 class="card-title">Edit many</h2><form method="post" action="/admin/import-export/edit">${formToken(request)}
<label class="form-label">Conditions, one per line; all must match <textarea class="form-control" name="where" rows="3" cols="60" required placeholder="country=DE"></textarea></label>
<label class="form-label">Set, one per line <textarea class="form-control" name="set" rows="3" cols="60" placeholder="pace.delay=5s"></textarea></label>
<label class="form-label">Remove, one per line <textarea class="form-control" name="unset" rows="2" cols="60" placeholder="schedule.quiet"></textarea></label>
${doing("Change the sources")}<label class="form-label">Why <input class="form-control" name="reason" maxlength="500" size="40"></label><button class="btn btn-primary">Edit</button></form></section>`;
}
