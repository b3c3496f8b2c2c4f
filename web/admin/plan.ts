import type { FastifyPluginAsync, FastifyRequest } from "fastify";
import { z } from "zod";
import { type Html, html } from "../../lib/html.ts";
import { isEmptyPlan, type SourcePlan } from "../../model/sources/version.ts";
import { may } from "../auth/actor.ts";
import { actionForm, answerAction, askedBy, Reason, readForm, readQuery } from "./actions.ts";
import type { AdminDeps } from "./deps.ts";
import { frame, sendEither } from "./frame.ts";
import { pageOf, pager } from "./pages.ts";
import { section } from "./tables.ts";
import { changesOf, versionsLink } from "./versions.ts";

const Query = z.object({ page: z.coerce.number().int().min(1).catch(1) });
const Form = z.object({ reason: Reason, retire: z.literal("yes").optional() });

/** `/admin/plan`: what the sources' files would change, removals first, and the button that applies them. */
export function planPage({ declarations, actions }: AdminDeps): FastifyPluginAsync {
  return async (app) => {
    if (!declarations) return;
    app.get("/admin/plan", { schema: { hide: true } }, async (request, reply) => {
      const { page } = readQuery(Query, request);
      const { plan, problems } = await declarations.plan();
      const writes = actions !== null && may(request, "operate");
      return sendEither(request, reply, { ...plan, problems }, () =>
        frame("Plan", bodyOf(request, { plan, problems, page, writes }), request),
      );
    });

    if (!actions) return;
    app.post("/admin/plan", { schema: { hide: true } }, async (request, reply) => {
      const { reason, retire } = readForm(Form, request);
      const done = await actions.applySources(retire === "yes", askedBy(request, reason));
      return answerAction(request, reply, "/admin/plan", done);
    });
  };
}

function bodyOf(
  request: FastifyRequest,
  told: { plan: SourcePlan; problems: string[]; page: number; writes: boolean },
): Html {
  const { plan, problems, page, writes } = told;
  const mistakes =
    problems.length > 0 &&
    html`<p class="alarm" role="alert">Nothing can be applied while a file has a mistake:</p><ul>${problems.map((text) => html`<li><code>${text}</code></li>`)}</ul>`;
  const rows = [
    ...plan.retire.map(
      ({ id, name }) =>
        () =>
          row("retire", "bad", id, name, "no file names it"),
    ),
    ...plan.change.map(
      ({ id, name, fields }) =>
        () =>
          row("change", "busy", id, name, changesOf(fields)),
    ),
    ...plan.add.map(
      ({ id, name, back }) =>
        () =>
          row(back ? "take back" : "add", "fine", id, name, "due at once"),
    ),
  ];
  const table = section(
    `What applying the files would do (${rows.length})`,
    ["What", "Source", "Id", "In detail"],
    pageOf(rows, page).map((make) => make()),
    html`Nothing: the sources are what their files say. Change a file in the folder of the sources, then look again.`,
  );
  const form = writes && problems.length === 0 && !isEmptyPlan(plan) && applyForm(request, plan);
  return html`<h1>Plan</h1>${mistakes}${table}${pager(rows.length, page, (n) => `/admin/plan?page=${n}`)}${form}`;
}

function row(what: string, look: string, id: string, name: string, detail: Html | string): Html {
  return html`<tr><td><span class="state ${look}">${what}</span></td><td><bdi>${name}</bdi></td><td>${versionsLink(id)}</td><td class="why">${detail}</td></tr>\n`;
}

function applyForm(request: FastifyRequest, { retire }: SourcePlan): Html {
  const fields =
    retire.length > 0
      ? html`<label><input type="checkbox" name="retire" value="yes" required> ${retire.length} to retire: that is meant</label>`
      : html``;
  return actionForm(request, { action: "/admin/plan", button: "Apply the files", fields });
}
