import { z } from "zod";
import { Filter } from "../../../model/publish/filter.ts";
import { circuitOf, type Delivery, type Subscriber } from "../../../model/publish/subscriber.ts";

const Time = z.iso.datetime();

/** A webhook as the API gives it. */
export const ApiWebhook = z.object({
  id: z.string(),
  url: z.string(),
  filter: Filter,
  view: z.string().nullable().describe("The view whose query takes the filter's place"),
  state: z
    .enum(["active", "paused", "stopped"])
    .describe("stopped: nothing was taken for 24 hours, or the receiver answered 410; resume it"),
  reason: z.string().nullable(),
  circuit: z
    .enum(["closed", "open", "half-open"])
    .describe(
      "closed: messages pass; open: nothing is sent before `nextTryAt`; half-open: one try",
    ),
  seq: z.int().describe("Every change up to this one is delivered"),
  lag: z.int().describe("Changes of the stream behind it, also those of no concern"),
  failures: z.int().describe("Failed tries in a row"),
  failingSince: Time.nullable(),
  nextTryAt: Time.nullable().describe("null while nothing holds it back"),
  deliveredAt: Time.nullable(),
  lastProblem: z.string().nullable(),
  createdAt: Time,
  createdBy: z.string(),
});

/** One attempt as the API gives it. */
export const ApiDelivery = z.object({
  id: z.string(),
  messageId: z.string(),
  seq: z.int().nullable().describe("The change; null for a test"),
  at: Time,
  ms: z.int(),
  delivered: z.boolean(),
  problem: z.string().nullable(),
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

/** A webhook without its secrets. */
export function showWebhook(
  subscriber: Subscriber,
  { head, now }: { head: number; now: Date },
): z.input<typeof ApiWebhook> {
  const {
    _id,
    url,
    filter,
    view = null,
    state,
    reason,
    seq,
    failures,
    createdBy,
    lastProblem,
  } = subscriber;
  const text = (time: Date | null) => time?.toISOString() ?? null;
  return {
    id: _id,
    url,
    filter,
    view,
    state,
    reason,
    seq,
    failures,
    createdBy,
    lastProblem,
    circuit: circuitOf(subscriber, now),
    lag: Math.max(0, head - seq),
    failingSince: text(subscriber.failingSince),
    nextTryAt: failures > 0 && state === "active" ? text(subscriber.nextTryAt) : null,
    deliveredAt: text(subscriber.deliveredAt),
    createdAt: subscriber.createdAt.toISOString(),
  };
}

/** An attempt as it went. */
export function showDelivery(delivery: Delivery): z.input<typeof ApiDelivery> {
  const { _id, subscriberId: _, at, ...rest } = delivery;
  return { id: _id, at: at.toISOString(), ...rest };
}
