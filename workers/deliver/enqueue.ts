import { deliverQueue } from "../../queues/queues.ts";
import { followHead } from "../../store/publish/changes.ts";
import { dueSubscribers } from "../../store/publish/subscribers.ts";
import type { Deps } from "../deps.ts";

/** Makes a look that enqueues a job for every subscriber that has something to get; answers how many. */
export function createDeliveryTick({
  store,
  producer,
  now,
}: Pick<Deps, "store" | "producer" | "now">) {
  const head = followHead(store);
  return async (): Promise<number> => {
    const due = await dueSubscribers(store, await head(), now());
    await producer.add(
      deliverQueue,
      due.map(({ _id }) => ({ subscriberId: _id })),
    );
    return due.length;
  };
}
