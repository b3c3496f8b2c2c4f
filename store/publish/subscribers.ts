import { circuitOf, type Delivery, type Subscriber } from "../../model/publish/subscriber.ts";
import { readLatest, soon } from "../queries.ts";
import type { Store } from "../store.ts";

const MAX_DELIVERY_AGE_MS = 40 * 86_400_000;

export async function addSubscriber(store: Store, subscriber: Subscriber): Promise<void> {
  await store.collections.subscribers.insertOne(subscriber);
}

export function getSubscriber(store: Store, id: string): Promise<Subscriber | null> {
  return store.collections.subscribers.findOne({ _id: id });
}

/** Returns all subscribers, oldest first; at most 1,000. */
export function listSubscribers(store: Store): Promise<Subscriber[]> {
  return store.collections.subscribers.find().sort({ createdAt: 1 }).limit(1000).toArray();
}

/** Returns active subscribers that are behind `head` and whose next attempt is due. */
export function dueSubscribers(store: Store, head: number, now: Date): Promise<Subscriber[]> {
  return store.collections.subscribers
    .find({ state: "active", seq: { $lt: head }, nextTryAt: { $lte: now } })
    .limit(1000)
    .toArray();
}

export async function failingSubscribers(store: Store, now: Date): Promise<Subscriber[]> {
  const find = (state: Subscriber["state"]) =>
    store.collections.subscribers.find({ state }).limit(1000).toArray();
  const [active, stopped] = await Promise.all([find("active"), find("stopped")]);
  return [...active.filter((one) => circuitOf(one, now) !== "closed"), ...stopped];
}

/** Removes a subscriber and its deliveries. Returns false if there is no such subscriber. */
export async function removeSubscriber(store: Store, id: string): Promise<boolean> {
  const { subscribers, deliveries } = store.collections;
  const { deletedCount } = await subscribers.deleteOne({ _id: id });
  await deliveries.deleteMany({ subscriberId: id });
  return deletedCount > 0;
}

export async function addDelivery(store: Store, delivery: Delivery): Promise<void> {
  await store.collections.deliveries.insertOne(delivery);
}

export function getDelivery(store: Store, id: string): Promise<Delivery | null> {
  return store.collections.deliveries.findOne({ _id: id });
}

export function readDeliveries(
  { collections: { deliveries } }: Store,
  subscriberId: string,
  { now, limit }: { now: Date; limit: number },
): Promise<Delivery[]> {
  const range = { before: soon(now), limit, most: MAX_DELIVERY_AGE_MS };
  return readLatest(deliveries, "at", { ...range, where: { subscriberId } });
}

const MAX_ATTEMPTS = 1000;

type DeliveryAttempt = Pick<
  Delivery,
  "subscriberId" | "seq" | "at" | "delivered" | "problem" | "response"
>;

export function deliveriesOfChanges(
  { collections: { deliveries } }: Store,
  seqs: readonly number[],
): Promise<DeliveryAttempt[]> {
  const attempt = { subscriberId: 1, seq: 1, at: 1, delivered: 1, problem: 1 };
  return deliveries
    .find({ seq: { $in: seqs } })
    .project<DeliveryAttempt>({ ...attempt, "response.status": 1 })
    .sort({ at: -1 })
    .limit(MAX_ATTEMPTS)
    .toArray();
}
