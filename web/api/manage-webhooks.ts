import { randomBytes } from "node:crypto";
import { checkedReading, type Reading } from "../../articles/stream/views.ts";
import type { AuditContext } from "../../model/operations/audit.ts";
import { ProblemError, unknownName } from "../../model/problem.ts";
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
  if (subscriber) return subscriber;
  const known = (await listSubscribers(store)).map(({ _id }) => _id);
  throw new ProblemError(404, "unknown-webhook", unknownName("webhook", id, known));
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
  const subscriber = await webhookOf(store, id);
  const until = new Date(audit.now.getTime() + SECRET_OVERLAP_MS);
  const [current] = subscriber.secrets;
  const old = current ? [{ ...current, until }] : [];
  const secret = makeSigningSecret();
  const secrets = [{ secret, until: null }, ...old];
  await runAudited(store, audit, { action: "webhook.rotate", subject: id }, () =>
    change(store, subscriber, () => ({ secrets })),
  );
  return secret;
}

/** Pauses a webhook until it is resumed. The webhook keeps its position. */
export async function pauseWebhook(store: Store, id: string, audit: AuditContext): Promise<void> {
  const paused = { state: "paused", reason: `by ${audit.actor}`, lease: null } as const;
  const subscriber = await webhookOf(store, id);
  await runAudited(store, audit, { action: "webhook.pause", subject: id }, () =>
    change(store, subscriber, () => paused),
  );
}

/** Resumes a webhook. `skip` omits the next change, for example if the receiver refuses it. */
export async function resumeWebhook(
  store: Store,
  id: string,
  { skip, ...audit }: AuditContext & { skip: boolean },
): Promise<void> {
  const subscriber = await webhookOf(store, id);
  const active = { ...asNew(audit.now), lease: null };
  const skipped = subscriber.seq + 1;
  const detail = skip ? `without change ${skipped}` : undefined;
  await runAudited(store, audit, { action: "webhook.resume", subject: id, detail }, () =>
    // A delivery can have sent this change and later ones meanwhile.
    change(store, subscriber, ({ seq }) =>
      skip ? { ...active, seq: Math.max(seq, skipped) } : active,
    ),
  );
}

/** Moves a webhook in the stream. Changes after the new position are sent, even if sent before. */
export async function replayWebhook(
  store: Store,
  { id, from }: { id: string; from: string },
  audit: AuditContext,
): Promise<void> {
  const place = await bookmarkAt(store, from, audit.now);
  const subscriber = await webhookOf(store, id);
  const detail = `${from}: behind change ${place.seq}`;
  const set = { ...place, nextTryAt: audit.now };
  await runAudited(store, audit, { action: "webhook.replay", subject: id, detail }, () =>
    change(store, subscriber, () => set),
  );
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

async function change(
  store: Store,
  read: Subscriber,
  changesTo: (current: Subscriber) => Partial<Subscriber>,
): Promise<void> {
  let subscriber = read;
  // A running delivery writes to the webhook, too, and stops when it notices another write.
  for (let tries = 0; tries < 20; tries++) {
    if (await moveBookmark(store.collections.subscribers, subscriber, changesTo(subscriber)))
      return;
    subscriber = await webhookOf(store, subscriber._id);
  }
  throw new ProblemError(409, "busy", "A message is being delivered. Try again in a moment.");
}
