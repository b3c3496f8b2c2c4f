import type { Subscription } from "../../model/crawl/subscription.ts";

/** Returns a subscription that has never been requested. */
export function makeSubscription(id: string, overrides: Partial<Subscription> = {}): Subscription {
  return {
    _id: id,
    sourceId: "cities",
    linkId: `feed-${id}`,
    hub: "https://hub.example/",
    topic: `https://${id}.example/feed`,
    secret: "secret",
    askAt: null,
    requestedAt: null,
    since: null,
    leaseUntil: null,
    failures: 0,
    problem: null,
    pushes: 0,
    lastPushAt: null,
    refused: 0,
    found: 0,
    missed: 0,
    ...overrides,
  };
}
