import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import { backoffDelay, RETRY_POLICY } from "../../config/retry-policy.ts";
import type { Upstream } from "../../crawler/egress/tunnel.ts";
import type { ProxyOf } from "../../crawler/http/http.ts";
import type { Post } from "../../crawler/http/post.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS } from "../../lib/time.ts";
import type { Discovery, Link } from "../../model/crawl/link.ts";
import type { Subscription } from "../../model/crawl/subscription.ts";
import { isPaused, type SourceRecord } from "../../model/sources/source.ts";
import { isShut } from "../../sources/schedule/next-due.ts";
import {
  dropSubscription,
  dueSubscriptions,
  ensureSubscription,
  getSubscription,
  updateSubscription,
} from "../../store/crawl/subscriptions.ts";
import { getSource, rescheduleSource, saveHub } from "../../store/sources/sources.ts";
import type { Deps } from "../deps.ts";

const HUBS_PER_ROUND = 20;
const ROUND_INTERVAL_MS = 5000;
const UNVERIFIED_RETRY_DELAY_MS = HOUR_MS;
const REQUESTED_LEASE_MS = 10 * DAY_MS;

export type AskDeps = Pick<Deps, "store" | "now" | "log"> & { post: Post; proxyOf: ProxyOf };

/**
 * Returns a function that sends hubs the subscription requests that are due (W3C WebSub 5.1) and
 * returns their number. Its calls mustn't overlap.
 */
export function createHubAsk(
  deps: AskDeps,
  { baseUrl }: { baseUrl: string },
): () => Promise<number> {
  let notBefore = 0;
  return async () => {
    if (deps.now().getTime() < notBefore) return 0;
    notBefore = deps.now().getTime() + ROUND_INTERVAL_MS;
    const due = await dueSubscriptions(deps.store, deps.now(), HUBS_PER_ROUND);
    for (const subscription of due) await ask(deps, subscription, baseUrl);
    return due.length;
  };
}

async function ask(deps: AskDeps, wanted: Subscription, baseUrl: string) {
  const { store, now, log } = deps;
  const { _id, hub, topic, secret, failures } = wanted;
  const source = await getSource(store, wanted.sourceId);
  if (!source?.active || isPaused(source, now())) {
    await updateSubscription(store, _id, { askAt: new Date(now().getTime() + DAY_MS) });
    return;
  }
  // The hub can verify before it has responded.
  const askAt = new Date(now().getTime() + UNVERIFIED_RETRY_DELAY_MS);
  await updateSubscription(store, _id, { requestedAt: now(), askAt });
  const body = new URLSearchParams({
    "hub.mode": "subscribe",
    "hub.topic": topic,
    "hub.callback": `${baseUrl}/websub/${_id}`,
    "hub.secret": secret,
    "hub.lease_seconds": String(REQUESTED_LEASE_MS / 1000),
  }).toString();
  const problem = await askHub(deps, source, hub, body);
  if (problem === null) return;
  log.warn({ sourceId: wanted.sourceId, hub, problem }, "can't subscribe to the hub");
  const wait = backoffDelay(RETRY_POLICY.subscription.backoff, failures + 1, 0);
  const later = new Date(now().getTime() + wait);
  await updateSubscription(store, _id, { problem, askAt: later }, { failures: 1 });
}

async function askHub(
  { post, proxyOf }: AskDeps,
  source: SourceRecord,
  hub: string,
  body: string,
): Promise<string | null> {
  let proxy: Upstream | null;
  try {
    proxy = proxyOf(source);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  const headers = { "content-type": "application/x-www-form-urlencoded" };
  const answer = await post.send(hub, { headers, body, proxy });
  if ("problem" in answer) return answer.problem;
  return answer.status >= 200 && answer.status < 300 ? null : `the hub answered ${answer.status}`;
}

const MIN_LEASE_MS = 5 * MINUTE_MS;
const MAX_LEASE_MS = 30 * DAY_MS;
const MAX_VERIFIABLE_AGE_MS = DAY_MS;
const RENEWAL_SHARE = 0.8;
const MIN_PUSH_INTERVAL_MS = MINUTE_MS;
const SIGNATURE_METHODS = new Set(["sha1", "sha256", "sha384", "sha512"]);

type HearDeps = Pick<Deps, "store" | "now" | "log">;

interface Intent {
  mode: string;
  topic: string;
  challenge: string;
  leaseSeconds: number | null;
  reason: string;
}

/**
 * Handles a hub's verification or denial of a subscription (W3C WebSub 5.2 and 5.3). Returns the
 * text to send back; null refuses.
 */
export async function hearIntent(
  { store, now }: HearDeps,
  id: string,
  { mode, topic, challenge, leaseSeconds, reason }: Intent,
): Promise<string | null> {
  const subscription = await getSubscription(store, id);
  if (!subscription || subscription.topic !== topic) return null;
  const at = now().getTime();
  if (mode === "denied") {
    const problem = `the hub denied the subscription: ${reason.slice(0, 200) || "no reason given"}`;
    const later = { askAt: new Date(at + DAY_MS), leaseUntil: null, since: null };
    await updateSubscription(store, id, { problem, ...later });
    return "";
  }
  const requestedAt = subscription.requestedAt?.getTime() ?? 0;
  // Only what we requested within a day, so that nobody else can subscribe or unsubscribe us.
  if (mode !== "subscribe" || challenge === "" || at - requestedAt > MAX_VERIFIABLE_AGE_MS)
    return null;
  const requested = leaseSeconds === null ? REQUESTED_LEASE_MS : leaseSeconds * 1000;
  const lease = Math.min(Math.max(requested, MIN_LEASE_MS), MAX_LEASE_MS);
  await updateSubscription(store, id, {
    since: subscription.since ?? now(),
    leaseUntil: new Date(at + lease),
    askAt: new Date(at + lease * RENEWAL_SHARE),
    failures: 0,
    problem: null,
  });
  return challenge;
}

/**
 * Handles a push: if its signature is valid, fetches the source soon. Returns false for an unknown
 * subscription.
 */
export async function hearPush(
  { store, now, log }: HearDeps,
  id: string,
  { signature, body }: { signature: string; body: Buffer },
): Promise<boolean> {
  const subscription = await getSubscription(store, id);
  if (!subscription) return false;
  const { sourceId, secret } = subscription;
  if (!isSigned(signature, secret, body)) {
    log.warn({ sourceId, hub: subscription.hub }, "ignored a push with a wrong signature");
    await updateSubscription(store, id, {}, { refused: 1 });
    return true;
  }
  await updateSubscription(store, id, { lastPushAt: now() }, { pushes: 1 });
  // Never uses the push's content, so that a hub can't inject articles.
  const source = await getSource(store, sourceId);
  if (!source?.active || isPaused(source, now()) || isShut(now(), source.schedule)) return true;
  const soonest = (source.lastAttemptAt?.getTime() ?? 0) + MIN_PUSH_INTERVAL_MS;
  const dueAt = new Date(Math.max(now().getTime(), soonest));
  // A run that is due earlier is early enough.
  const waits = source.openRunId === null && source.nextDueAt && source.nextDueAt <= dueAt;
  if (waits) return true;
  const runRequest = { actor: "push", at: now() };
  const pollDueAt = source.pollDueAt ?? source.nextDueAt;
  await rescheduleSource(store, source, { nextDueAt: dueAt, runRequest, pollDueAt });
  return true;
}

function isSigned(header: string, secret: string, body: Buffer): boolean {
  const [method = "", value = ""] = header.trim().split("=");
  if (!SIGNATURE_METHODS.has(method) || !/^[0-9a-f]+$/i.test(value)) return false;
  const wanted = createHmac(method, secret).update(body).digest();
  const got = Buffer.from(value, "hex");
  return got.length === wanted.length && timingSafeEqual(got, wanted);
}

/** Requests a subscription to a feed's new hub, or stops renewing it if the feed names none. */
export async function noteHub(
  { store, now }: Pick<Deps, "store" | "now">,
  { _id: sourceId }: SourceRecord,
  { _id: linkId }: Pick<Link, "_id">,
  hub: Discovery["hub"],
): Promise<void> {
  if (hub) {
    const secrets = {
      _id: randomBytes(24).toString("hex"),
      secret: randomBytes(32).toString("hex"),
    };
    const wanted = { ...secrets, sourceId, linkId, hub: hub.url, topic: hub.self };
    await ensureSubscription(store, wanted, now());
  } else await dropSubscription(store, linkId);
  await saveHub(store, sourceId, linkId, hub);
}
