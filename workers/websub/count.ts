import type { Run } from "../../model/crawl/run.ts";
import { isSubscribed } from "../../model/crawl/subscription.ts";
import type { SourceRecord } from "../../model/sources/source.ts";
import { subscriptionsOf, updateSubscription } from "../../store/crawl/subscriptions.ts";
import type { Store } from "../../store/store.ts";

/**
 * Counts a run's new articles for the subscriptions of its source: found by a push, or missed by pushes
 * since a poll came first. Only a subscription that held since the look before can have missed any.
 */
export async function countPushed(
  store: Store,
  source: SourceRecord,
  { trigger }: Pick<Run, "trigger">,
  articles: number,
  now: Date,
): Promise<void> {
  if (articles === 0 || Object.keys(source.hubs ?? {}).length === 0) return;
  const before = source.lastSuccessAt;
  for (const subscription of await subscriptionsOf(store, source._id)) {
    const { _id, since } = subscription;
    const held =
      isSubscribed(subscription, now) && since !== null && before !== null && since < before;
    if (trigger === "push") await updateSubscription(store, _id, {}, { found: articles });
    else if (held) await updateSubscription(store, _id, {}, { missed: articles });
  }
}
