import type { FastifyRequest } from "fastify";
import { z } from "zod";
import { type Html, html } from "../../../lib/text.ts";
import { ProxyName } from "../../../model/sources/login.ts";
import { failIfDead } from "../../../model/sources/preview.ts";
import { latestPreviews } from "../../../store/sources/previews.ts";
import { may } from "../../auth/access.ts";
import { formToken } from "../../auth/form.ts";
import { unlessEmpty } from "../forms.ts";
import { type AdminPage, action, readQuery } from "../page.ts";
import { badge } from "../states.ts";
import { at, section } from "../tables.ts";
import { previewJson } from "./preview.ts";

const MAX_PREVIEWS = 50;

const Query = z.object({ home: z.string().max(2000).default("") });
const Form = z.union([
  z.object({
    home: z.url({ protocol: /^https?$/, error: "write the URL with https://" }).max(2000),
    proxy: unlessEmpty(ProxyName.optional()),
  }),
  z.object({ yaml: z.string().min(1).max(100_000) }),
]);

export const addPage: AdminPage = {
  path: "/admin/add",
  title: "Add a source",
  section: "Sources",
  tab: "Add",
  commands: ["newsgather discover URL", "newsgather sources preview FILE --activate"],
  async show(request, { store, timezone, now }) {
    const wanted = readQuery(Query, request).home;
    const stored = await latestPreviews(store, now(), MAX_PREVIEWS);
    const previews = stored.map((preview) => failIfDead(preview, now()));
    const mayAdd = may(request, "operate");
    const forms = mayAdd
      ? formsOf(request, wanted)
      : html`<p>An operator who is <a href="/admin/login">logged in</a> can add a source here; <code>newsgather users add NAME --role operator</code> adds an operator.</p>`;
    const rows = previews.map(
      ({ _id, home, sourceId, state, result, step, actor, at: when, activated }) =>
        html`<tr><td><a href="/admin/preview?id=${_id}">${sourceId ?? home ?? "a declaration"}</a></td>
<td>${badge(result?.verdict ?? state)}</td><td>${activated ? "yes" : "no"}</td><td>${actor}</td><td>${at(timezone, when)}</td><td class="why">${state === "done" ? "" : step}</td></tr>\n`,
    );
    const table = section(
      "Previews",
      ["Source", "State", "Saved as a source", "Who", "When", "Step"],
      rows,
      mayAdd
        ? html`None yet: enter a home page above.`
        : html`None yet: log in as an operator to create a preview, or run <code>newsgather sources preview FILE</code>.`,
    );
    return { json: { previews: previews.map(previewJson) }, html: html`${forms}${table}` };
  },
  actions: [
    action("/admin/add", "operate", Form, async (what, { sites }, { actor }) => {
      const id = await sites.preview(what, actor);
      return { location: `/admin/preview?id=${id}`, done: { id } };
    }),
  ],
};

function formsOf(request: FastifyRequest, home: string): Html {
  return html`<section class="card card-body"><h2 class="card-title">From the home page of a site</h2>
<form method="post" action="/admin/add">${formToken(request)}<label class="form-label">Home page <input class="form-control" name="home" type="url" required autofocus size="60" placeholder="https://" value="${home}"></label>
<label class="form-label">Proxy, if the site needs one <input class="form-control" name="proxy" size="40" placeholder="env:SECRET_PROXY or http://HOST:PORT"></label>
<button class="btn btn-primary">Find feeds, sitemaps and lists</button></form>
<p class="form-hint">Sends the site at most 24 requests, at least 2 s apart (or farther, if robots.txt says so), then previews the proposed source.</p></section>
<section class="card card-body"><h2 class="card-title">From a declaration</h2><form method="post" action="/admin/add">${formToken(request)}<label class="form-label">YAML <textarea class="form-control" name="yaml" rows="8" cols="80" required></textarea></label>
<button class="btn btn-primary">Preview</button></form></section>`;
}
