import { randomUUID } from "node:crypto";
import { changesCursor } from "../../articles/stream/cursor.ts";
import { changesForReader } from "../../articles/stream/item.ts";
import { backoffDelay, RETRY_POLICY } from "../../config/retry-policy.ts";
import { type Post, type SignedMessage, signedHeaders } from "../../crawler/http/post.ts";
import { retryAfter } from "../../crawler/http/response.ts";
import { digest } from "../../lib/text.ts";
import { epochAfter, epochOf, type Restore } from "../../model/publish/change.ts";
import type { Delivery, Subscriber } from "../../model/publish/subscriber.ts";
import { readChanges, readRestores } from "../../store/publish/changes.ts";
import { addDelivery } from "../../store/publish/subscribers.ts";
import { sourcesById } from "../../store/sources/sources.ts";
import type { Deps } from "../deps.ts";

export type DeliverDeps = Pick<Deps, "store" | "now" | "random" | "log" | "noteProgress"> & {
  post: Post;
};

/** Sends a message once and returns the delivery. The delivery isn't stored yet. */
export async function attempt(
  post: Post,
  subscriber: Pick<Subscriber, "_id" | "url" | "secrets">,
  message: SignedMessage,
  { seq, now }: { seq: number | null; now: () => Date },
): Promise<Delivery> {
  const { _id: subscriberId, url } = subscriber;
  const { id: messageId, body } = message;
  const at = now();
  const headers = signedHeaders(message, subscriber.secrets, at);
  const began = performance.now();
  const result = await post.send(url, { headers, body });
  const problem = "problem" in result ? result.problem : problemOf(result);
  return {
    _id: randomUUID(),
    subscriberId,
    messageId,
    seq,
    at,
    ms: Math.round(performance.now() - began),
    delivered: problem === null,
    problem,
    request: { url, headers, digest: digest(Buffer.from(body)), bytes: Buffer.byteLength(body) },
    response: "problem" in result ? null : result,
  };
}

export function afterFailure(
  { failures, failingSince }: Pick<Subscriber, "failures" | "failingSince">,
  { response, problem }: Pick<Delivery, "response" | "problem">,
  { now, random }: { now: Date; random: number },
): Partial<Subscriber> {
  const { backoff, stopAfterMs } = RETRY_POLICY.delivery;
  const since = failingSince ?? now;
  const retryAfterMs = retryAfter(response?.headers["retry-after"], now) ?? 0;
  const wait = Math.max(
    Math.min(retryAfterMs, backoff.maxMs),
    backoffDelay(backoff, failures + 1, random),
  );
  const failed = {
    failures: failures + 1,
    failingSince: since,
    nextTryAt: new Date(now.getTime() + wait),
    lastProblem: problem,
  };
  if (response?.status === 410)
    return { ...failed, ...stopped("the receiver answered 410 (gone)") };
  if (now.getTime() - since.getTime() < stopAfterMs) return failed;
  return { ...failed, ...stopped(`the receiver accepted nothing for 24 hours: ${problem ?? ""}`) };
}

/** Returns the fields that stop a subscriber until an operator resumes it. */
export function stopped(reason: string) {
  return { state: "stopped" as const, reason };
}

function problemOf({ status, headers }: { status: number; headers: Record<string, string> }) {
  if (status >= 200 && status < 300) return null;
  const target = status >= 300 && status < 400 ? headers["location"] : undefined;
  return target === undefined
    ? `answered ${status}`
    : `answered ${status}, a redirect to ${target}; redirects are not followed: change the URL`;
}

type ReaderChange = ReturnType<typeof changesForReader>[number];

/**
 * Returns the message about a change. The message's id contains the epoch, because `seq` can
 * repeat.
 */
export function messageOf(
  subscriberId: string,
  change: ReaderChange,
  restores: readonly Restore[],
): SignedMessage {
  const { seq } = change;
  const data = { ...change, cursor: changesCursor({ seq, epoch: epochAfter(restores) }) };
  const body = { type: `article.${change.kind}`, timestamp: change.at, data };
  return { id: `msg_${subscriberId}_${epochOf(seq, restores)}_${seq}`, body: JSON.stringify(body) };
}

/**
 * Sends a test message, stores the delivery and returns it. The result doesn't change the state of
 * the subscriber.
 */
export async function sendTest(
  { store, post, now }: Pick<DeliverDeps, "store" | "post" | "now">,
  subscriber: Subscriber,
): Promise<Delivery> {
  const { _id: subscriberId } = subscriber;
  const at = now();
  const body = { type: "webhook.test", timestamp: at, data: { subscriberId } };
  const id = `msg_${subscriberId}_test_${at.getTime()}`;
  const message = { id, body: JSON.stringify(body) };
  const delivery = await attempt(post, subscriber, message, { seq: null, now });
  await addDelivery(store, delivery);
  return delivery;
}

/**
 * Builds a delivery's body again; null for a test message or a removed change. `same` is false if
 * the body differs from the sent one.
 */
export async function sentBody(
  store: DeliverDeps["store"],
  { subscriberId, seq, request }: Delivery,
): Promise<{ body: string; same: boolean } | null> {
  if (seq === null) return null;
  const changes = await readChanges(store, seq - 1, 1);
  const sources = await sourcesById(store);
  const restores = await readRestores(store);
  const [readerChange] = changesForReader(changes, {}, sources);
  if (!readerChange) return null;
  const { body } = messageOf(subscriberId, readerChange, restores);
  return { body, same: digest(Buffer.from(body)) === request.digest };
}
