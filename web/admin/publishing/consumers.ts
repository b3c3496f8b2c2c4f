import type { FastifyRequest } from "fastify";
import { z } from "zod";
import { type Html, html } from "../../../lib/text.ts";
import { type Consumer, ConsumerName } from "../../../model/publish/consumer.ts";
import { ViewId } from "../../../model/publish/filter.ts";
import { headSeq } from "../../../store/publish/changes.ts";
import { listConsumers } from "../../../store/publish/consumers.ts";
import { listViews } from "../../../store/publish/views.ts";
import { dropConsumer, makeConsumer, replayConsumer } from "../../api/manage-consumers.ts";
import { may } from "../../auth/access.ts";
import { actionForm, namesOf, options, Reason, unlessEmpty } from "../forms.ts";
import { type AdminDeps, type AdminPage, action } from "../page.ts";
import { at, conditionsOf, section } from "../tables.ts";

const Add = z.object({
  name: ConsumerName,
  from: z.enum(["latest", "start"]),
  view: unlessEmpty(ViewId.optional()),
  reason: Reason,
});
const Move = z.object({ name: ConsumerName, from: z.enum(["latest", "start"]), reason: Reason });
const Remove = z.object({ name: ConsumerName, reason: Reason });

export const consumersPage: AdminPage = {
  path: "/admin/consumers",
  title: "Consumers",
  section: "Publishing",
  commands: ["newsgather consumers list"],
  async show(request, deps) {
    const { timezone, now } = deps;
    const [consumers, head] = await Promise.all([listConsumers(deps.store), headSeq(deps.store)]);
    const page = async () => {
      const table = section(
        "Readers of the stream",
        ["Consumer", "Reads", "Behind", "Last progress", "Lease until", "Made"],
        consumers.map(({ _id, filter, view, seq, ackedAt, lease, createdAt, createdBy }) => {
          const reads = view
            ? html`view <a href="/view/${view}">${view}</a>`
            : conditionsOf(filter);
          const leased = lease && lease.until > now() ? lease.until : null;
          return html`<tr><td>${_id}</td><td>${reads}</td><td class="n">${Math.max(0, head - seq)}</td>
<td>${at(timezone, ackedAt)}</td><td>${at(timezone, leased)}</td><td>${at(timezone, createdAt)} by ${createdBy}</td></tr>\n`;
        }),
        html`No consumers yet. A consumer is a program that reads every change once; its position is stored here. Add one below, or with <code>newsgather consumers add NAME</code>.`,
      );
      return html`${table}${may(request, "operate") && (await formsOf(deps, request, consumers))}`;
    };
    return { json: { consumers, head }, html: page };
  },
  actions: [
    action("/admin/consumers", "operate", Add, async ({ name, from, view }, deps, author) => {
      const made = { name, from, filter: {}, ...(view && { view }) };
      await makeConsumer(deps.store, made, { ...author, now: deps.now() });
      return `added; the program reads changes with POST /v1/consumers/${name}/lease`;
    }),
    action("/admin/consumers/replay", "operate", Move, async ({ name, from }, deps, author) => {
      await replayConsumer(deps.store, { name, from }, { ...author, now: deps.now() });
      return `moved to ${from}`;
    }),
    action("/admin/consumers/remove", "operate", Remove, async ({ name }, deps, author) => {
      await dropConsumer(deps.store, name, { ...author, now: deps.now() });
      return "removed";
    }),
  ],
};

async function formsOf(
  { store }: AdminDeps,
  request: FastifyRequest,
  consumers: readonly Consumer[],
): Promise<Html> {
  const views = options(namesOf(await listViews(store)));
  const from = html`<label class="form-label">From <select class="form-select" name="from"><option value="latest">now on</option><option value="start">the oldest stored change</option></select></label>`;
  const add = actionForm(request, {
    action: "/admin/consumers",
    button: "Add",
    fields: html`<label class="form-label">Name <input class="form-control" name="name" required pattern="[a-z0-9][a-z0-9\\-]{1,62}"></label>
<label class="form-label">View <select class="form-select" name="view"><option value="">none: everything</option>${views}</select></label>${from}`,
  });
  const names = options(consumers.map(({ _id }) => _id));
  const move = actionForm(request, {
    action: "/admin/consumers/replay",
    button: "Move",
    fields: html`<label class="form-label">Consumer <select class="form-select" name="name">${names}</select></label>${from}`,
    also: html`<button class="btn btn-outline-danger" formaction="/admin/consumers/remove">Remove</button>`,
  });
  return html`<section class="card card-body"><h2 class="card-title">Add a consumer</h2>${add}</section>
${names.length > 0 && html`<section class="card card-body"><h2 class="card-title">Move or remove a consumer</h2>${move}</section>`}`;
}
