import { z } from "zod";
import { ProblemError } from "../../model/problem.ts";
import { Filter } from "../../model/publish/filter.ts";
import { circuitOf, type Delivery, type Subscriber } from "../../model/publish/subscriber.ts";
import { getDelivery, listSubscribers, readDeliveries } from "../../store/publish/subscribers.ts";
import { auditOf } from "../auth/access.ts";
import { fieldsOf } from "../server/answer.ts";
import { type Routes, typed } from "../server/context.ts";
import { Problem } from "../server/problem.ts";
import * as manage from "./manage-webhooks.ts";
import { NullableText, requireKnown } from "./parameters.ts";
import { From, readingFields } from "./stream-position.ts";

const Time = z.iso.datetime();

const ApiWebhook = z.object({
  id: z.string(),
  url: z.string(),
  filter: Filter,
  view: NullableText.describe("The view whose query replaces the filter"),
  state: z
    .enum(["active", "paused", "stopped"])
    .describe("stopped: nothing is sent until you resume the webhook; `reason` says why"),
  reason: NullableText,
  circuit: z
    .enum(["closed", "open", "half-open"])
    .describe(
      "closed: messages are sent; open: nothing is sent before `nextTryAt`; half-open: the next attempt decides",
    ),
  seq: z.int().describe("Changes up to this number are delivered, or excluded by the filter"),
  lag: z.int().describe("Number of changes after `seq`, including those that the filter excludes"),
  failures: z.int().describe("Consecutive failed attempts"),
  failingSince: Time.nullable(),
  nextTryAt: Time.nullable().describe(
    "When a failed message is sent again; null if the last attempt succeeded",
  ),
  deliveredAt: Time.nullable(),
  lastProblem: NullableText,
  createdAt: Time,
  createdBy: z.string(),
});

const ApiDelivery = z.object({
  id: z.string(),
  messageId: z.string(),
  seq: z.int().nullable().describe("Number of the change; null for a test"),
  at: Time,
  ms: z.int(),
  delivered: z.boolean(),
  problem: NullableText,
  request: z.object({
    url: z.string(),
    headers: z.record(z.string(), z.string()),
    digest: z.string().describe("SHA-256 of the body"),
    bytes: z.int(),
  }),
  response: z
    .object({ status: z.int(), headers: z.record(z.string(), z.string()), body: z.string() })
    .nullable(),
});

const params = z.object({ id: z.string().max(40) });
const Made = ApiWebhook.extend({
  secret: z.string().describe("The signing secret; shown only once"),
});

const known = { 404: Problem };
const WithBody = ApiDelivery.extend({
  body: NullableText.describe(
    "The body that was sent, rebuilt from stored data; null for a test or if the data is no longer stored",
  ),
  same: z
    .boolean()
    .nullable()
    .describe("Whether `body` equals what was sent, byte for byte; null if `body` is null"),
});

export const webhooksRoutes: Routes = (app, context) => {
  const { store, config, head, now, webhooks } = context;
  const api = typed(app);
  const at = async () => ({ head: (await head()).seq, now: now() });
  const shown = async (subscriber: Subscriber) => showWebhook(subscriber, await at());

  api.get(
    "/v1/webhooks",
    { summary: "All webhooks", response: { 200: z.array(ApiWebhook) } },
    async () => {
      const [all, when] = await Promise.all([listSubscribers(store), at()]);
      return all.map((subscriber) => showWebhook(subscriber, when));
    },
  );

  api.post(
    "/v1/webhooks",
    {
      summary: "Create a webhook",
      description:
        "Each change is one POST, signed as in Standard Webhooks (`webhook-id`, `webhook-timestamp`, `webhook-signature`). After a 2xx response, the next change follows; after any other response, the same change is sent again after growing pauses. After 24 hours without success, the webhook is stopped and keeps its position.",
      body: z.strictObject({
        url: z.url({ protocol: /^https?$/ }).max(2000),
        ...readingFields,
      }),
      response: { 201: Made, 404: Problem, 410: Problem },
    },
    async (request, reply) => {
      const { sources } = await head();
      await requireKnown({ store, config, sources }, request.body.filter);
      const wanted = { ...request.body, refusal: webhooks.refusal(request.body.url) };
      const made = await manage.makeWebhook(store, wanted, auditOf(request, now));
      const secret = made.secrets[0]?.secret ?? "";
      return reply.code(201).send({ ...(await shown(made)), secret });
    },
  );

  api.get(
    "/v1/webhooks/:id",
    { summary: "One webhook", params, response: { 200: ApiWebhook, ...known } },
    async (request) => shown(await manage.webhookOf(store, request.params.id)),
  );

  api.delete(
    "/v1/webhooks/:id",
    { summary: "Remove a webhook", params, response: { 204: z.null(), ...known } },
    async (request, reply) => {
      await manage.dropWebhook(store, request.params.id, auditOf(request, now));
      return reply.code(204).send(null);
    },
  );

  api.post(
    "/v1/webhooks/:id/test",
    {
      summary: "Send a message of type `webhook.test` now",
      params,
      response: { 200: ApiDelivery, ...known },
    },
    async (request) =>
      showDelivery(await webhooks.test(await manage.webhookOf(store, request.params.id))),
  );

  api.post(
    "/v1/webhooks/:id/rotate",
    {
      summary: "Sign with a new secret; for a day, also with the old secret",
      params,
      response: { 200: z.object({ secret: z.string() }), ...known },
    },
    async (request) => {
      return { secret: await manage.rotateSecret(store, request.params.id, auditOf(request, now)) };
    },
  );

  api.post(
    "/v1/webhooks/:id/pause",
    { summary: "Pause a webhook", params, response: { 200: ApiWebhook, ...known } },
    async (request) =>
      shown(await manage.pauseWebhook(store, request.params.id, auditOf(request, now))),
  );

  api.post(
    "/v1/webhooks/:id/resume",
    {
      summary: "Resume a webhook where it stopped",
      params,
      body: z
        .strictObject({
          skip: z.boolean().default(false).describe("Skip the message that was refused"),
        })
        .prefault({}),
      response: { 200: ApiWebhook, ...known },
    },
    async (request) => {
      const options = { skip: request.body.skip, ...auditOf(request, now) };
      return shown(await manage.resumeWebhook(store, request.params.id, options));
    },
  );

  api.post(
    "/v1/webhooks/:id/replay",
    {
      summary: "Send changes again from a position in the stream",
      params,
      body: z.strictObject({ from: From }),
      response: { 200: ApiWebhook, ...known, 410: Problem },
    },
    async (request) => {
      const position = { id: request.params.id, from: request.body.from };
      return shown(await manage.replayWebhook(store, position, auditOf(request, now)));
    },
  );

  api.get(
    "/v1/webhooks/:id/deliveries",
    {
      summary: "The latest attempts, with request and response; stored for 30 days",
      params,
      querystring: z.object({ limit: z.coerce.number().int().min(1).max(200).default(50) }),
      response: { 200: z.array(ApiDelivery), ...known },
    },
    async (request) => {
      const { _id } = await manage.webhookOf(store, request.params.id);
      const options = { now: now(), limit: request.query.limit };
      return (await readDeliveries(store, _id, options)).map(showDelivery);
    },
  );

  api.get(
    "/v1/webhooks/:id/deliveries/:delivery",
    {
      summary: "One attempt, with the body that was sent",
      params: params.extend({ delivery: z.string().max(60) }),
      response: { 200: WithBody, ...known },
    },
    async (request) => {
      const { id, delivery } = request.params;
      const found = await getDelivery(store, delivery);
      if (found?.subscriberId !== id) {
        throw new ProblemError(404, "unknown-delivery", `There is no delivery "${delivery}".`);
      }
      const sent = await webhooks.body(found);
      return { ...showDelivery(found), body: sent?.body ?? null, same: sent?.same ?? null };
    },
  );
};

/** Returns a webhook without its secrets. */
export function showWebhook(
  subscriber: Subscriber,
  { head, now }: { head: number; now: Date },
): z.input<typeof ApiWebhook> {
  const { failures, state } = subscriber;
  return fieldsOf(ApiWebhook, {
    ...subscriber,
    id: subscriber._id,
    view: subscriber.view ?? null,
    circuit: circuitOf(subscriber, now),
    lag: Math.max(0, head - subscriber.seq),
    nextTryAt: failures > 0 && state === "active" ? subscriber.nextTryAt : null,
  });
}

export function showDelivery(delivery: Delivery): z.input<typeof ApiDelivery> {
  const { _id, subscriberId: _, at, ...rest } = delivery;
  return { id: _id, at: at.toISOString(), ...rest };
}
