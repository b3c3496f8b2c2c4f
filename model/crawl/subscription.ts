/**
 * A subscription to the WebSub hub of a feed, with the number of articles that the hub pushed and
 * the number that it missed.
 */
export interface Subscription {
  /** A random id that must be unguessable, because the callback URL ends with it. */
  _id: string;
  sourceId: string;
  /** Id of the feed's link. A feed has at most one subscription. */
  linkId: string;
  hub: string;
  topic: string;
  /** The key that signs pushes. */
  secret: string;
  /** When to send the next request to subscribe or renew; null if none is planned. */
  askAt: Date | null;
  /** When the last request was sent; null if none was. The hub has a day to verify it. */
  requestedAt: Date | null;
  /** When the hub first confirmed the subscription; null before that, and after a denial. */
  since: Date | null;
  leaseUntil: Date | null;
  /** Number of consecutive failed requests to the hub. */
  failures: number;
  problem: string | null;
  pushes: number;
  lastPushAt: Date | null;
  /** Number of pushes that were ignored because their signature was missing or wrong. */
  refused: number;
  /** Number of new articles found through pushes. */
  found: number;
  /** Number of new articles that the hub missed: a poll found them first. */
  missed: number;
}

export function isSubscribed({ leaseUntil }: Pick<Subscription, "leaseUntil">, now: Date): boolean {
  return leaseUntil !== null && leaseUntil > now;
}
