import type { FastifyRequest } from "fastify";
import { z } from "zod";
import { type Html, html } from "../../../lib/text.ts";
import { circuitOf, type Delivery, type Subscriber } from "../../../model/publish/subscriber.ts";
import { runAuditedWork } from "../../../store/operations/audit.ts";
import { headSeq } from "../../../store/publish/changes.ts";
import { listSubscribers, readDeliveries } from "../../../store/publish/subscribers.ts";
import {
  pauseWebhook,
  replayWebhook,
  resumeWebhook,
  webhookOf,
} from "../../api/manage-webhooks.ts";
import { From } from "../../api/stream-position.ts";
import { may } from "../../auth/access.ts";
import { actionForm, options, Reason } from "../forms.ts";
import { type AdminPage, action } from "../page.ts";
import { badge } from "../states.ts";
import { at, section } from "../tables.ts";

const MAX_DELIVERIES = 10;
const VERBS = { test: "Send a test", pause: "Pause", resume: "Resume" } as const;

const REPLAY_FROM = {
  "1h": "an hour ago",
  "1d": "a day ago",
  "7d": "a week ago",
  start: "the oldest stored change",
} as const;

const Replay = z.object({ id: z.string().max(40), from: From, reason: Reason });
const Form = z.object({
  id: z.string().max(40),
  verb: z.enum(["test", "pause", "resume"]),
  reason: Reason,
});

export const webhooksPage: AdminPage = {
  path: "/admin/webhooks",
  title: "Webhooks",
  section: "Publishing",
  commands: ["newsgather webhooks list"],
  async countAttention({ store, now }) {
    const all = await listSubscribers(store);
    return all.filter(
      (one) =>
        one.state === "stopped" || (one.state === "active" && circuitOf(one, now()) === "open"),
    ).length;
  },
  async show(request, { store, timezone, now }) {
    const [all, head] = await Promise.all([listSubscribers(store), headSeq(store)]);
    const logs = await Promise.all(
      all.map(({ _id }) => readDeliveries(store, _id, { now: now(), limit: MAX_DELIVERIES })),
    );
    const attempts = logs.flat();
    const columns = ["Address", "State", "Circuit", "Behind", "Failures", "Next try", "Why"];
    const rows = all.map((subscriber) => {
      const { url, state, seq, failures, nextTryAt, reason, lastProblem } = subscriber;
      return html`<tr><td class="url">${url}</td><td>${state}</td>
<td>${badge(circuitOf(subscriber, now()))}</td><td class="n">${Math.max(0, head - seq)}</td>
<td class="n">${failures}</td><td>${nextTryAt > now() ? at(timezone, nextTryAt) : "now"}</td>
<td class="why">${reason ?? lastProblem}</td></tr>\n`;
    });
    const table = section(
      "Webhooks",
      columns,
      rows,
      html`No webhooks yet. A webhook sends each change to a URL of yours: <code>newsgather webhooks add URL</code> adds one.`,
    );
    const form = may(request, "operate") && all.length > 0 && formOf(request, all);
    const body = html`${table}${form}${section(
      "Latest attempts",
      ["When", "Webhook", "Change", "Took", "Answer", "Problem"],
      attempts.map(
        ({ at: when, request: { url }, seq, ms, response, problem }) =>
          html`<tr><td>${at(timezone, when)}</td><td class="url">${url}</td><td>${seq ?? "test"}</td>
<td class="n">${ms} ms</td><td class="n">${response?.status}</td><td class="why">${problem}</td></tr>\n`,
      ),
      html`None.`,
    )}`;
    const webhooks = all.map((webhook) => {
      const { secrets: _, ...shown } = webhook;
      return shown;
    });
    return { json: { webhooks, head, attempts }, html: body };
  },
  actions: [
    action("/admin/webhooks", "operate", Form, async ({ id, verb }, deps, { actor, reason }) => {
      const audit = { actor, reason, now: deps.now() };
      if (verb === "pause") await pauseWebhook(deps.store, id, audit);
      if (verb === "resume") await resumeWebhook(deps.store, id, { ...audit, skip: false });
      if (verb !== "test") return `${verb}d`;
      const webhook = await webhookOf(deps.store, id);
      const what = { action: "webhook.test", subject: id };
      const describe = ({ delivered, problem, ms }: Delivery) =>
        delivered ? `accepted in ${ms} ms` : `not accepted: ${problem}`;
      const test = () => deps.webhooks.test(webhook);
      return describe(await runAuditedWork(deps.store, { actor, reason }, what, test, describe));
    }),
    action("/admin/webhooks/replay", "operate", Replay, async ({ id, from }, deps, author) => {
      await replayWebhook(deps.store, { id, from }, { ...author, now: deps.now() });
      const since = new Map(Object.entries(REPLAY_FROM)).get(from) ?? from;
      return `the webhook's changes are sent again, starting from ${since}`;
    }),
  ],
};

function formOf(request: FastifyRequest, all: Subscriber[]): Html {
  const webhooks = options(all.map(({ _id, url }) => [_id, url]));
  const webhook = html`<label class="form-label">Webhook <select class="form-select" name="id">${webhooks}</select></label>`;
  const fields = html`${webhook}
<label class="form-label">What <select class="form-select" name="verb">${options(Object.entries(VERBS))}</select></label>`;
  const act = actionForm(request, { action: "/admin/webhooks", button: "Do it", fields });
  const from = options(Object.entries(REPLAY_FROM));
  const replay = actionForm(request, {
    action: "/admin/webhooks/replay",
    button: "Send again",
    fields: html`${webhook}<label class="form-label">From <select class="form-select" name="from">${from}</select></label>`,
  });
  return html`<div class="row row-cards"><div class="col-lg-6"><section class="card card-body h-100"><h2 class="card-title">Test, pause or resume a webhook</h2>${act}</section></div>
<div class="col-lg-6"><section class="card card-body h-100"><h2 class="card-title">Send changes again</h2>${replay}</section></div></div>`;
}
