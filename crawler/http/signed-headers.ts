import { Webhook } from "standardwebhooks";
import type { SigningSecret } from "../../model/publish/subscriber.ts";

/** A message. Every attempt to send it uses the same id and body. */
export interface Message {
  id: string;
  body: string;
}

/** Returns a message's headers (Standard Webhooks 1.0.0), signed with every valid secret. */
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
