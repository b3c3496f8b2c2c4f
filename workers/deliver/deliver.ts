import { randomUUID } from "node:crypto";
import { changesForReader } from "../../articles/stream/item.ts";
import { filterOf } from "../../articles/stream/views.ts";
import { type Change, epochAfter, lastShared, type Restore } from "../../model/publish/change.ts";
import type { Subscriber } from "../../model/publish/subscriber.ts";
import { deliverQueue } from "../../queues/queues.ts";
import { followHead, headSeq, readChanges, readRestores } from "../../store/publish/changes.ts";
import { moveBookmark } from "../../store/publish/consumers.ts";
import { addDelivery, dueSubscribers, getSubscriber } from "../../store/publish/subscribers.ts";
import { listViews } from "../../store/publish/views.ts";
import { sourcesById } from "../../store/sources/sources.ts";
import type { Deps } from "../deps.ts";
import { afterFailure, attempt, type DeliverDeps, messageOf, stopped } from "./attempt.ts";

/** Sending one message always takes less time. */
const LEASE_MS = 60_000;
const MAX_TURN_MS = 20_000;
const CHANGES_PER_PAGE = 50;

/**
 * Sends a subscriber its new changes in order. After a crash, a message can be sent again, with the
 * same `webhook-id`.
 */
export async function deliver(deps: DeliverDeps, id: string): Promise<void> {
  const { store, now } = deps;
  const there = await getSubscriber(store, id);
  const at = now();
  if (!there || there.state !== "active" || there.nextTryAt > at) return;
  if (there.lease && there.lease.until > at) return;
  const restores = await readRestores(store);
  const head = await headSeq(store);
  // A restored store can be behind what was delivered before.
  const seq = Math.min(there.seq, lastShared(there.epoch, restores), head);
  const taken = { seq, epoch: epochAfter(restores), lease: leaseFrom(at) };
  let current = await moved(deps, there, taken);
  const sources = await sourcesById(store);
  const views = new Map((await listViews(store)).map((view) => [view._id, view]));
  if (there.view !== undefined && !views.has(there.view)) {
    const reason = `there is no view "${there.view}" any more`;
    if (current) await moved(deps, current, { ...stopped(reason), lease: null });
    return;
  }
  const ends = now().getTime() + MAX_TURN_MS;
  while (current && current.seq < head && now().getTime() < ends) {
    const changes = await readChanges(store, current.seq, CHANGES_PER_PAGE);
    if (changes[0]?.seq !== current.seq + 1) {
      const reason =
        "the next changes are no longer stored: replay the webhook from `start` or `latest`";
      await moved(deps, current, { ...stopped(reason), lease: null });
      return;
    }
    const readerChanges = changesForReader(changes, filterOf(current, views), sources);
    const sending = { changes, readerChanges, restores, ends };
    current = await sendChanges(deps, current, sending);
    if (current?.lease === null) return;
  }
  if (current) await moved(deps, current, { lease: null });
}

interface Sending {
  changes: Change[];
  readerChanges: ReturnType<typeof changesForReader>;
  restores: readonly Restore[];
  ends: number;
}

/** Returns null if another process has changed the subscriber. */
async function sendChanges(
  deps: DeliverDeps,
  subscriber: Subscriber,
  { changes, readerChanges, restores, ends }: Sending,
): Promise<Subscriber | null> {
  const { store, post, now, random } = deps;
  let current: Subscriber | null = subscriber;
  for (const change of readerChanges) {
    if (now().getTime() >= ends) return current;
    const message = messageOf(current._id, change, restores);
    const delivery = await attempt(post, current, message, { seq: change.seq, now });
    await addDelivery(store, delivery);
    if (!delivery.delivered) {
      const after = afterFailure(current, delivery, { now: now(), random: random() });
      if (after.state) deps.log.warn({ subscriberId: current._id, ...after }, "webhook stopped");
      return moved(deps, current, { ...after, seq: change.seq - 1, lease: null });
    }
    const well = { failures: 0, failingSince: null, lastProblem: null, deliveredAt: now() };
    current = await moved(deps, current, { ...well, seq: change.seq, lease: leaseFrom(now()) });
    if (!current) return null;
    deps.noteProgress();
  }
  const last = changes.at(-1)?.seq ?? current.seq;
  return last === current.seq ? current : moved(deps, current, { seq: last });
}

async function moved(
  { store }: DeliverDeps,
  subscriber: Subscriber,
  set: Partial<Subscriber>,
): Promise<Subscriber | null> {
  const won = await moveBookmark(store.collections.subscribers, subscriber, set);
  return won ? { ...subscriber, ...set, version: subscriber.version + 1 } : null;
}

function leaseFrom(now: Date) {
  return { token: randomUUID(), until: new Date(now.getTime() + LEASE_MS), upTo: 0 };
}

export function createDeliveryTick({
  store,
  producer,
  now,
}: Pick<Deps, "store" | "producer" | "now">) {
  const head = followHead(store);
  return async (): Promise<number> => {
    const due = await dueSubscribers(store, await head(), now());
    const payloads = due.map(({ _id }) => ({ subscriberId: _id }));
    await producer.add(deliverQueue, payloads);
    return due.length;
  };
}
