import { createHmac, timingSafeEqual } from "node:crypto";
import { MINUTE_MS } from "../../lib/time.ts";
import { isPaused } from "../../model/sources/source.ts";
import { isShut } from "../../sources/schedule/next-due.ts";
import { getSubscription, updateSubscription } from "../../store/crawl/subscriptions.ts";
import { askForPush, getSource } from "../../store/sources/sources.ts";
import type { Deps } from "../deps.ts";

const DAY = 24 * 60 * MINUTE_MS;
/** Bounds of a lease, ms: a hub may neither have us ask all the time nor be believed for ever. */
const SHORTEST = 5 * MINUTE_MS;
const LONGEST = 30 * DAY;
const USUAL = 10 * DAY;
/** A hub verifies what it was asked for this long ago at most. */
const VERIFIES = DAY;
/** Share of the lease after which it is renewed. */
const RENEW = 0.8;
/** Runs that pushes start don't follow each other faster, ms. */
const APART = MINUTE_MS;
const METHODS = new Set(["sha1", "sha256", "sha384", "sha512"]);

type HearDeps = Pick<Deps, "store" | "now" | "log">;

/** What a hub asks of a callback, as its query says. */
export interface Intent {
  mode: string;
  topic: string;
  challenge: string;
  leaseSeconds: number | null;
  reason: string;
}

/**
 * Answers a hub that verifies a subscription or denies it (W3C WebSub section 5.3): the text to send
 * back; null for what we never asked for, which nobody can subscribe or unsubscribe us from.
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
    const problem = `the hub denies it: ${reason.slice(0, 200) || "without a reason"}`;
    const later = { askAt: new Date(at + DAY), leaseUntil: null, since: null };
    await updateSubscription(store, id, { problem, ...later });
    return "";
  }
  const asked = subscription.askedAt?.getTime() ?? 0;
  if (mode !== "subscribe" || challenge === "" || at - asked > VERIFIES) return null;
  const wished = leaseSeconds === null ? USUAL : leaseSeconds * 1000;
  const lease = Math.min(Math.max(wished, SHORTEST), LONGEST);
  await updateSubscription(store, id, {
    since: subscription.since ?? now(),
    leaseUntil: new Date(at + lease),
    askAt: new Date(at + lease * RENEW),
    failures: 0,
    problem: null,
  });
  return challenge;
}

/**
 * Takes a push: when its signature is right, the feed is looked at soon, and its next poll stays when it
 * was. What was pushed is never believed beyond that, so a hub that lies brings nothing. False when
 * there is no such subscription.
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
    log.warn({ sourceId, hub: subscription.hub }, "a push without a right signature was ignored");
    await updateSubscription(store, id, {}, { refused: 1 });
    return true;
  }
  await updateSubscription(store, id, { lastPushAt: now() }, { pushes: 1 });
  const source = await getSource(store, sourceId);
  if (!source?.active || isPaused(source, now()) || isShut(now(), source.schedule)) return true;
  const soonest = (source.lastAttemptAt?.getTime() ?? 0) + APART;
  const dueAt = new Date(Math.max(now().getTime(), soonest));
  // A run that is due before is soon enough.
  const waits = source.openRunId === null && source.nextDueAt && source.nextDueAt <= dueAt;
  if (!waits) await askForPush(store, source, { dueAt, asked: { by: "push", at: now() } });
  return true;
}

function isSigned(header: string, secret: string, body: Buffer): boolean {
  const [method = "", given = ""] = header.trim().split("=");
  if (!METHODS.has(method) || !/^[0-9a-f]+$/i.test(given)) return false;
  const wanted = createHmac(method, secret).update(body).digest();
  const got = Buffer.from(given, "hex");
  return got.length === wanted.length && timingSafeEqual(got, wanted);
}
