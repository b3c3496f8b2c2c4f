import { Webhook } from "standardwebhooks";
import { epochAfter, epochOf, type Restore } from "../../model/epoch.ts";
import type { SigningSecret } from "../../model/subscriber.ts";
import { changesCursor } from "../../web/api/cursor.ts";
import type { tell } from "../../web/api/stream/change.ts";

/** What is sent: one message, the same at every attempt. */
export interface Message {
  id: string;
  body: string;
}

type Told = ReturnType<typeof tell>[number];

/**
 * The message of a change; `data` is the change as `/v1/changes` gives it, with its cursor. Its id names the
 * epoch that the change is of: after a restore another change has the same number.
 */
export function messageOf(
  subscriberId: string,
  change: Told,
  restores: readonly Restore[],
): Message {
  const { seq } = change;
  const data = { ...change, cursor: changesCursor({ seq, epoch: epochAfter(restores) }) };
  const body = { type: `article.${change.kind}`, timestamp: change.at, data };
  return { id: `msg_${subscriberId}_${epochOf(seq, restores)}_${seq}`, body: JSON.stringify(body) };
}

/** A message that only asks whether somebody is there. */
export function testMessage(subscriberId: string, now: Date): Message {
  const body = { type: "webhook.test", timestamp: now, data: { subscriberId } };
  return { id: `msg_${subscriberId}_test_${now.getTime()}`, body: JSON.stringify(body) };
}

/**
 * Headers of a message (Standard Webhooks 1.0.0): it is signed with every secret that holds, so that
 * a receiver may take over a new one whenever it wants.
 */
export function signedHeaders(
  { id, body }: Message,
  secrets: readonly SigningSecret[],
  now: Date,
): Record<string, string> {
  const holding = secrets.filter(({ until }) => until === null || until > now);
  const signatures = holding.map(({ secret }) => new Webhook(secret).sign(id, now, body));
  return {
    "content-type": "application/json; charset=utf-8",
    "webhook-id": id,
    "webhook-timestamp": String(Math.floor(now.getTime() / 1000)),
    "webhook-signature": signatures.join(" "),
  };
}
