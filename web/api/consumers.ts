import { z } from "zod";
import { changesCursor } from "../../articles/stream/cursor.ts";
import { ApiChange } from "../../articles/stream/item.ts";
import { epochAfter } from "../../model/publish/change.ts";
import { type Consumer, ConsumerName } from "../../model/publish/consumer.ts";
import { Filter } from "../../model/publish/filter.ts";
import { changedAt, tailSeq } from "../../store/publish/changes.ts";
import { listConsumers } from "../../store/publish/consumers.ts";
import type { Store } from "../../store/store.ts";
import { auditOf } from "../auth/access.ts";
import { fieldsOf, sendJson } from "../server/answer.ts";
import { type Routes, typed } from "../server/context.ts";
import { Problem } from "../server/problem.ts";
import type { Head } from "../server/snapshot.ts";
import { goneSignal } from "../server/watch.ts";
import {
  acknowledge,
  consumerNamed,
  dropConsumer,
  leaseChanges,
  makeConsumer,
  replayConsumer,
} from "./manage-consumers.ts";
import { requireKnown } from "./parameters.ts";
import { From, readingFields } from "./stream-position.ts";

const Time = z.iso.datetime();

const ApiConsumer = z.object({
  name: ConsumerName,
  filter: Filter,
  view: z.string().nullable().describe("The view whose query replaces the filter"),
  state: z
    .enum(["idle", "leased", "expired"])
    .describe(
      "expired: the next changes are no longer stored, or a restore has replaced them; replay the consumer",
    ),
  seq: z.int().describe("Changes up to this number are acknowledged"),
  cursor: z.string().describe("The position `seq` as a cursor for `/v1/changes`"),
  lag: z.object({
    changes: z
      .int()
      .describe("Number of changes after this position, including those that the filter excludes"),
    seconds: z
      .int()
      .nullable()
      .describe("Age of the oldest of these changes; null if there are none"),
  }),
  leasedUntil: Time.nullable(),
  ackedAt: Time.nullable(),
  createdAt: Time,
  createdBy: z.string(),
});

const params = z.object({ name: ConsumerName });
const Lease = z.strictObject({
  limit: z.int().min(1).max(500).default(100),
  seconds: z
    .int()
    .min(1)
    .max(3600)
    .default(60)
    .describe("Length of the lease in seconds; until its end, nobody else can lease changes"),
  wait: z.int().min(0).max(60).default(0).describe("Seconds to wait for a change"),
});

const Leased = z.object({
  lease: z.string().nullable().describe("null if there are no changes to acknowledge"),
  until: z.iso.datetime().nullable(),
  items: z.array(ApiChange),
});

const known = { 404: Problem };

/** Serves `/v1/consumers`: named readers of the stream and their positions. */
export const consumersRoutes: Routes = (app, context) => {
  const { store, config, head, now, watch } = context;
  const api = typed(app);
  const shown = async (name: string) =>
    showConsumer(store, await consumerNamed(store, name), { head: await head(), now: now() });

  api.get(
    "/v1/consumers",
    { summary: "All consumers", response: { 200: z.array(ApiConsumer) } },
    async () => {
      const at = { head: await head(), now: now() };
      const all = await listConsumers(store);
      return Promise.all(all.map((consumer) => showConsumer(store, consumer, at)));
    },
  );

  api.post(
    "/v1/consumers",
    {
      summary: "Create a consumer",
      body: z.strictObject({
        name: ConsumerName,
        ...readingFields,
      }),
      response: { 201: ApiConsumer, 404: Problem, 409: Problem, 410: Problem },
    },
    async (request, reply) => {
      const { name, filter } = request.body;
      await requireKnown({ store, config, sources: (await head()).sources }, filter);
      await makeConsumer(store, request.body, auditOf(request, now));
      return reply.code(201).send(await shown(name));
    },
  );

  api.get(
    "/v1/consumers/:name",
    { summary: "One consumer", params, response: { 200: ApiConsumer, ...known } },
    async (request) => shown(request.params.name),
  );

  api.delete(
    "/v1/consumers/:name",
    { summary: "Remove a consumer", params, response: { 204: z.null(), ...known } },
    async (request, reply) => {
      await dropConsumer(store, request.params.name, auditOf(request, now));
      return reply.code(204).send(null);
    },
  );

  typed(app, { config: { repeats: true } }).post(
    "/v1/consumers/:name/lease",
    {
      summary: "Lease the next changes",
      description:
        "Process `items`, store the result, then acknowledge. Changes that aren't acknowledged in time are leased again, so apply them by `articleId` and `version`. During a lease, other readers get 409.",
      params,
      body: Lease.prefault({}),
      response: { 200: Leased, ...known, 409: Problem, 410: Problem },
    },
    async (request, reply) => {
      const { limit, seconds, wait } = request.body;
      const until = Date.now() + wait * 1000;
      const signal = goneSignal(reply);
      if (wait > 0) watch.admit(request.ip, signal);
      for (;;) {
        const state = await head();
        const times = { ms: seconds * 1000, now: now() };
        const leaseParams = { head: state, limit, ...times, wanted: request.idempotencyRecord };
        const leased = await leaseChanges(store, request.params.name, leaseParams);
        const left = until - Date.now();
        const over = left <= 0 || signal.aborted || watch.closing.aborted;
        if (leased.lease || over) return sendJson(reply, leased);
        await watch.beyond(state.seq, left, signal);
      }
    },
  );

  api.post(
    "/v1/consumers/:name/ack",
    {
      summary: "Acknowledge changes of a lease",
      params,
      body: z.strictObject({
        lease: z.string().max(100),
        seq: z
          .int()
          .min(0)
          .optional()
          .describe(
            "The last change that you processed; default: the last of the lease. Later changes are leased again",
          ),
      }),
      response: { 200: z.object({ seq: z.int() }), ...known, 409: Problem },
    },
    async (request) => {
      const { lease: token, seq } = request.body;
      return { seq: await acknowledge(store, request.params.name, { token, seq, now: now() }) };
    },
  );

  api.post(
    "/v1/consumers/:name/replay",
    {
      summary: "Move a consumer to another position in the stream; this ends its lease",
      params,
      body: z.strictObject({ from: From }),
      response: { 200: ApiConsumer, ...known, 409: Problem, 410: Problem },
    },
    async (request) => {
      const { name } = request.params;
      await replayConsumer(store, { name, from: request.body.from }, auditOf(request, now));
      return shown(name);
    },
  );
};

export async function showConsumer(
  store: Store,
  consumer: Consumer,
  { head, now }: { head: Pick<Head, "seq" | "restores">; now: Date },
): Promise<z.input<typeof ApiConsumer>> {
  const { seq, epoch, lease } = consumer;
  const changes = Math.max(0, head.seq - seq);
  const [at, tail] = await Promise.all([
    changes > 0 ? changedAt(store, seq + 1) : null,
    tailSeq(store),
  ]);
  const expired = seq < tail || epoch !== epochAfter(head.restores);
  const leasedUntil = lease && lease.until > now ? lease.until : null;
  return fieldsOf(ApiConsumer, {
    ...consumer,
    name: consumer._id,
    view: consumer.view ?? null,
    state: expired ? "expired" : leasedUntil ? "leased" : "idle",
    cursor: changesCursor({ seq, epoch }),
    lag: {
      changes,
      seconds: at && Math.max(0, Math.round((now.getTime() - at.getTime()) / 1000)),
    },
    leasedUntil,
  });
}
