import { backoffDelay, RETRY_POLICY } from "../../config/retry-policy.ts";
import type { ProxyOf } from "../../crawler/egress/proxy-of.ts";
import type { Upstream } from "../../crawler/egress/tunnel.ts";
import type { Post } from "../../crawler/http/post.ts";
import { MINUTE_MS } from "../../lib/time.ts";
import type { Subscription } from "../../model/crawl/subscription.ts";
import { isPaused, type SourceRecord } from "../../model/sources/source.ts";
import { dueSubscriptions, updateSubscription } from "../../store/crawl/subscriptions.ts";
import { getSource } from "../../store/sources/sources.ts";
import type { Deps } from "../deps.ts";

const DAY = 24 * 60 * MINUTE_MS;
/** Hubs asked in one look. */
const PER_LOOK = 20;
/** Looks don't follow each other faster, ms. */
const APART = 5000;
/** A hub that took the request but never verified it is asked again after this. */
const FORGETS = 60 * MINUTE_MS;
/** What is wished for; hubs give what they want. */
const LEASE = 10 * DAY;

/** What asking hubs stands on. */
export type AskDeps = Pick<Deps, "store" | "now" | "log"> & { post: Post; proxyOf: ProxyOf };

/**
 * Makes a look that asks hubs (W3C WebSub section 5.1) for subscriptions that are wanted or run out;
 * answers how many it asked. A hub that refuses is asked again, ever more seldom, at last once a day.
 */
export function createHubAsk(
  deps: AskDeps,
  { baseUrl }: { baseUrl: string },
): () => Promise<number> {
  let notBefore = 0;
  let asking = false;
  return async () => {
    if (asking || deps.now().getTime() < notBefore) return 0;
    asking = true;
    notBefore = deps.now().getTime() + APART;
    try {
      const due = await dueSubscriptions(deps.store, deps.now(), PER_LOOK);
      for (const subscription of due) await ask(deps, subscription, baseUrl);
      return due.length;
    } finally {
      asking = false;
    }
  };
}

async function ask(deps: AskDeps, wanted: Subscription, baseUrl: string) {
  const { store, now, log } = deps;
  const { _id, hub, topic, secret, failures } = wanted;
  const source = await getSource(store, wanted.sourceId);
  if (!source?.active || isPaused(source, now())) {
    await updateSubscription(store, _id, { askAt: new Date(now().getTime() + DAY) });
    return;
  }
  // The hub may verify before it has answered.
  const askAt = new Date(now().getTime() + FORGETS);
  await updateSubscription(store, _id, { askedAt: now(), askAt });
  const body = new URLSearchParams({
    "hub.mode": "subscribe",
    "hub.topic": topic,
    "hub.callback": `${baseUrl}/websub/${_id}`,
    "hub.secret": secret,
    "hub.lease_seconds": String(LEASE / 1000),
  }).toString();
  const problem = await problemOf(deps, source, hub, body);
  if (problem === null) return;
  log.warn({ sourceId: wanted.sourceId, hub, problem }, "the hub was not subscribed to");
  const wait = backoffDelay(RETRY_POLICY.subscription.backoff, failures + 1, 0);
  const later = new Date(now().getTime() + wait);
  await updateSubscription(store, _id, { problem, askAt: later }, { failures: 1 });
}

/** Sends it as the source's feed is asked: through its proxy, where it names one. */
async function problemOf(
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
