import { randomBytes } from "node:crypto";
import { checkedReading, type Reading } from "../../articles/stream/views.ts";
import type { AuditContext } from "../../model/operations/audit.ts";
import { ProblemError, throwUnknown } from "../../model/problem.ts";
import type { Subscriber } from "../../model/publish/subscriber.ts";
import { runAudited } from "../../store/operations/audit.ts";
import { moveBookmark } from "../../store/publish/consumers.ts";
import {
  addSubscriber,
  getSubscriber,
  listSubscribers,
  removeSubscriber,
} from "../../store/publish/subscribers.ts";
import type { Store } from "../../store/store.ts";
import { bookmarkAt } from "./stream-position.ts";

const SECRET_OVERLAP_MS = 24 * 3_600_000;

/** Returns a webhook by id; throws a 404 problem if the id is unknown. */
export async function webhookOf(store: Store, id: string): Promise<Subscriber> {
  const subscriber = await getSubscriber(store, id);
  return subscriber ?? throwUnknown("webhook", id, await listSubscribers(store));
}

/** Creates a webhook. `refusal` says why the URL isn't allowed; if set, throws a 400 problem. */
export async function makeWebhook(
  store: Store,
  wanted: Reading & { url: string; refusal: string | null },
  audit: AuditContext,
): Promise<Subscriber> {
  const { actor, now } = audit;
  const { url, from, refusal } = wanted;
  if (refusal !== null) {
    throw new ProblemError(400, "refused-address", `${url} can't be used: ${refusal}.`);
  }
  const place = await bookmarkAt(store, from, now);
  const subscriber: Subscriber = {
    _id: `wh-${randomBytes(6).toString("hex")}`,
    url,
    ...(await checkedReading(store, wanted)),
    secrets: [{ secret: makeSigningSecret(), until: null }],
    ...asNew(now),
    createdAt: now,
    createdBy: actor,
    deliveredAt: null,
    lastProblem: null,
    ...place,
    version: 0,
  };
  const what = { action: "webhook.add", subject: subscriber._id, detail: new URL(url).origin };
  await runAudited(store, audit, what, () => addSubscriber(store, subscriber));
  return subscriber;
}

/** Replaces a webhook's secret; returns the new one. The old one also signs for another day. */
export async function rotateSecret(store: Store, id: string, audit: AuditContext): Promise<string> {
  const secret = makeSigningSecret();
  const until = new Date(audit.now.getTime() + SECRET_OVERLAP_MS);
  await change(store, id, { action: "webhook.rotate" }, audit, ({ secrets: [current] }) => {
    const old = current ? [{ ...current, until }] : [];
    return { secrets: [{ secret, until: null }, ...old] };
  });
  return secret;
}

/** Pauses a webhook until it is resumed. The webhook keeps its position. */
export function pauseWebhook(store: Store, id: string, audit: AuditContext): Promise<Subscriber> {
  const paused = { state: "paused", reason: `by ${audit.actor}`, lease: null } as const;
  return change(store, id, { action: "webhook.pause" }, audit, () => paused);
}

/** Resumes a webhook. `skip` omits the next change, for example if the receiver refuses it. */
export async function resumeWebhook(
  store: Store,
  id: string,
  { skip, ...audit }: AuditContext & { skip: boolean },
): Promise<Subscriber> {
  const skipped = (await webhookOf(store, id)).seq + 1;
  const detail = skip ? `without change ${skipped}` : undefined;
  return change(store, id, { action: "webhook.resume", detail }, audit, ({ seq }) => ({
    ...asNew(audit.now),
    lease: null,
    // A delivery can have sent this change and later ones meanwhile.
    ...(skip && { seq: Math.max(seq, skipped) }),
  }));
}

/** Moves a webhook in the stream. Changes after the new position are sent, even if sent before. */
export async function replayWebhook(
  store: Store,
  { id, from }: { id: string; from: string },
  audit: AuditContext,
): Promise<Subscriber> {
  const place = await bookmarkAt(store, from, audit.now);
  const detail = `${from}: after change ${place.seq}`;
  const set = { ...place, nextTryAt: audit.now };
  return change(store, id, { action: "webhook.replay", detail }, audit, () => set);
}

export async function dropWebhook(store: Store, id: string, audit: AuditContext): Promise<void> {
  await webhookOf(store, id);
  await runAudited(store, audit, { action: "webhook.remove", subject: id }, () =>
    removeSubscriber(store, id),
  );
}

function asNew(now: Date) {
  const state = "active" as const;
  return { state, reason: null, failures: 0, failingSince: null, nextTryAt: now };
}

function makeSigningSecret(): string {
  return `whsec_${randomBytes(32).toString("base64")}`;
}

/**
 * Changes a webhook, notes it in the audit log, and returns the changed webhook. `changesTo` is
 * called again if another process changes the webhook meanwhile. Throws a 409 problem if that
 * happens 20 times.
 */
async function change(
  store: Store,
  id: string,
  what: { action: string; detail?: string | undefined },
  audit: AuditContext,
  changesTo: (current: Subscriber) => Partial<Subscriber>,
): Promise<Subscriber> {
  await webhookOf(store, id);
  return runAudited(store, audit, { ...what, subject: id }, async () => {
    // A running delivery writes to the webhook, too, and stops when it notices another write.
    for (let tries = 0; tries < 20; tries++) {
      const current = await webhookOf(store, id);
      const set = changesTo(current);
      if (await moveBookmark(store.collections.subscribers, current, set)) {
        return { ...current, ...set };
      }
    }
    throw new ProblemError(409, "busy", "A message is being delivered. Try again in a moment.");
  });
}
