import type { FastifyRequest } from "fastify";
import { z } from "zod";
import { type Html, html, type Part } from "../../../lib/text.ts";
import { isEmptyPlan, type SourcePlan } from "../../../model/sources/version.ts";
import { applySourceFiles, planSourceFiles } from "../../../sources/files/manage.ts";
import { may } from "../../auth/access.ts";
import { actionForm, Reason } from "../forms.ts";
import { type AdminPage, action, readQuery } from "../page.ts";
import { badge, type State } from "../states.ts";
import { PAGE_SIZE, pageOf, pager, section } from "../tables.ts";
import { changesOf, versionsLink } from "./versions.ts";

const Query = z.object({ page: z.coerce.number().int().min(1).catch(1) });
const Form = z.object({ reason: Reason, retire: z.literal("yes").optional() });

export const planPage: AdminPage = {
  path: "/admin/plan",
  title: "Plan",
  section: "Sources",
  under: "/admin/import-export",
  commands: ["newsgather sources plan", "newsgather sources apply"],
  async show(request, deps) {
    const { page } = readQuery(Query, request);
    const { plan, problems } = await planSourceFiles(deps);
    return {
      json: { ...plan, problems },
      html: () => bodyOf(request, { plan, problems, page }),
    };
  },
  actions: [
    action("/admin/plan", "operate", Form, ({ retire }, deps, author) =>
      applySourceFiles(deps, { retire: retire === "yes" }, author),
    ),
  ],
};

function bodyOf(
  request: FastifyRequest,
  { plan, problems, page }: { plan: SourcePlan; problems: string[]; page: number },
): Html {
  const mistakes =
    problems.length > 0 &&
    html`<p class="alert alert-danger" role="alert">Nothing can be applied while a file has a mistake:</p><ul>${problems.map((text) => html`<li><code>${text}</code></li>`)}</ul>`;
  const rows = [
    ...plan.retire.map((one) => () => row("retire", one, "no file declares it")),
    ...plan.change.map((one) => () => row("change", one, changesOf(one.fields))),
    ...plan.add.map((one) => () => row(one.back ? "add again" : "add", one, "due at once")),
  ];
  const table = section(
    `What applying the files would do (${rows.length})`,
    ["What", "Source", "Id", "In detail"],
    pageOf(rows, page).map((make) => make()),
    html`Nothing: the sources match their files. Change a file in the folder of the sources, then reload this page.`,
    rows.length > PAGE_SIZE && {},
  );
  const writes = may(request, "operate");
  const form = writes && problems.length === 0 && !isEmptyPlan(plan) && applyForm(request, plan);
  return html`${mistakes}${table}${pager(rows.length, page, (n) => `/admin/plan?page=${n}`)}${form}`;
}

function row(what: State, { id, name }: { id: string; name: string }, detail: Part): Html {
  return html`<tr><td>${badge(what)}</td><td><bdi>${name}</bdi></td><td>${versionsLink(id)}</td><td class="why">${detail}</td></tr>\n`;
}

function applyForm(request: FastifyRequest, { retire }: SourcePlan): Html {
  const fields =
    retire.length > 0
      ? html`<label class="form-check"><input class="form-check-input" type="checkbox" name="retire" value="yes" required> Confirm the retirement of sources: ${retire.length}</label>`
      : html``;
  return actionForm(request, { action: "/admin/plan", button: "Apply the files", fields });
}
