import { Webhook } from "standardwebhooks";
import { request as send } from "undici";
import type { SigningSecret } from "../../model/publish/subscriber.ts";
import type { Guard } from "../egress/guard.ts";
import type { Upstream } from "../egress/tunnel.ts";
import { failureOf } from "./failure.ts";
import { createDispatchers } from "./http.ts";

type Posted =
  | { status: number; headers: Record<string, string>; body: string }
  | { problem: string };

/** Sends messages to URLs that operators configure. */
export interface Post {
  /** Returns why a URL can't be used (it is invalid, or the guard refuses it), or null. */
  refusal(url: string): string | null;
  /** Sends one request, and doesn't follow redirects. Never rejects. */
  send(url: string, message: Message): Promise<Posted>;
  close(): Promise<void>;
}

interface Message {
  headers: Record<string, string>;
  body: string;
  proxy?: Upstream | null;
}

/** Times are in ms; `afterHeaders` and `bytes` limit the response's body. */
export const POST_LIMITS = { deadline: 15_000, afterHeaders: 2_000, bytes: 4096 };

/** Returns a client that sends each message as an HTTP POST through the egress guard. */
export function createPost(options: {
  guard: Guard;
  userAgent: string;
  limits?: typeof POST_LIMITS;
}): Post {
  const { guard, userAgent, limits = POST_LIMITS } = options;
  const { deadline } = limits;
  const dispatchers = createDispatchers(guard, { headersTimeout: deadline, deadline });
  const refusal: Post["refusal"] = (url) =>
    URL.canParse(url) ? guard.check(new URL(url)) : "not a URL";
  return {
    refusal,
    async send(url, { headers, body, proxy = null }) {
      const refused = refusal(url);
      if (refused !== null) return { problem: `refused: ${refused}` };
      try {
        const signal = AbortSignal.timeout(deadline);
        const sent = { ...headers, "user-agent": userAgent };
        const response = await send(url, {
          method: "POST",
          dispatcher: dispatchers.through(proxy).dispatcher,
          headers: sent,
          body,
          signal,
        });
        // The status is what counts; an endless body doesn't change it.
        const text = await head(response.body, limits);
        return { status: response.statusCode, headers: flat(response.headers), body: text };
      } catch (error) {
        const failure = failureOf(error);
        return {
          problem: failure instanceof Error ? failure.message : (failure.detail ?? "refused"),
        };
      }
    },
    close: () => dispatchers.close(),
  };
}

async function head(
  body: AsyncIterable<Uint8Array> & { destroy(): unknown },
  { afterHeaders, bytes }: typeof POST_LIMITS,
): Promise<string> {
  const chunks: Uint8Array[] = [];
  const timer = setTimeout(() => body.destroy(), afterHeaders);
  try {
    let size = 0;
    for await (const chunk of body) {
      chunks.push(chunk);
      size += chunk.length;
      if (size >= bytes) break;
    }
  } catch {
    // Cut off: the first part is enough.
  } finally {
    clearTimeout(timer);
    body.destroy();
  }
  return Buffer.concat(chunks).subarray(0, bytes).toString();
}

function flat(headers: Record<string, string | string[] | undefined>): Record<string, string> {
  const entries = Object.entries(headers).slice(0, 50);
  return Object.fromEntries(entries.map(([name, value]) => [name, String(value).slice(0, 500)]));
}

/** A message. Every attempt to send it uses the same id and body. */
export interface SignedMessage {
  id: string;
  body: string;
}

/** Returns a message's headers (Standard Webhooks 1.0.0), signed with every valid secret. */
export function signedHeaders(
  { id, body }: SignedMessage,
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
