import { Webhook } from "standardwebhooks";
import type { SigningSecret } from "../../model/publish/subscriber.ts";

/** What is sent: one message, the same at every attempt. */
export interface Message {
  id: string;
  body: string;
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
