import type { Subscription } from "../../model/crawl/subscription.ts";
import { readDue } from "../queries.ts";
import type { Store } from "../store.ts";

/**
 * Makes sure that a feed has a subscription to this hub and topic. For a new or dropped
 * subscription, a request to the hub is due at once.
 */
export async function ensureSubscription(
  { collections: { subscriptions } }: Store,
  wanted: Pick<Subscription, "_id" | "secret" | "sourceId" | "linkId" | "hub" | "topic">,
  now: Date,
): Promise<void> {
  const { linkId, hub, topic } = wanted;
  const known = await subscriptions.findOne({ linkId });
  if (known?.hub === hub && known.topic === topic) {
    if (known.askAt === null) await subscriptions.updateOne({ linkId }, { $set: { askAt: now } });
    return;
  }
  const counts = { pushes: 0, lastPushAt: null, refused: 0, found: 0, missed: 0 };
  const nothing = { requestedAt: null, since: null, leaseUntil: null, failures: 0, problem: null };
  if (known) await subscriptions.deleteOne({ _id: known._id });
  await subscriptions.insertOne({ ...wanted, askAt: now, ...nothing, ...counts });
}

/** Stops renewing a subscription; the hub ends the subscription when its lease expires. */
export async function dropSubscription({ collections }: Store, linkId: string): Promise<void> {
  await collections.subscriptions.updateOne({ linkId }, { $set: { askAt: null } });
}

export function dueSubscriptions(store: Store, now: Date, limit: number): Promise<Subscription[]> {
  return readDue(store.collections.subscriptions, "askAt", { now, limit });
}

export function getSubscription(store: Store, id: string): Promise<Subscription | null> {
  return store.collections.subscriptions.findOne({ _id: id });
}

export function subscriptionsOf(store: Store, sourceId: string): Promise<Subscription[]> {
  return store.collections.subscriptions.find({ sourceId }).toArray();
}

export function listSubscriptions(store: Store): Promise<Subscription[]> {
  return store.collections.subscriptions.find().toArray();
}

export async function updateSubscription(
  { collections }: Store,
  id: string,
  set: Partial<Omit<Subscription, "_id">>,
  count: Partial<Record<"pushes" | "refused" | "found" | "missed" | "failures", number>> = {},
): Promise<void> {
  const update = {
    ...(Object.keys(set).length > 0 && { $set: set }),
    ...(Object.keys(count).length > 0 && { $inc: count }),
  };
  await collections.subscriptions.updateOne({ _id: id }, update);
}
