/** A subscription to the WebSub hub of a feed, with counts of the articles that its pushes brought and missed. */
export interface Subscription {
  /** A random id that nobody can guess, because it is the last part of the callback URL. */
  _id: string;
  sourceId: string;
  /** The feed's link; the subscription ends with it. */
  linkId: string;
  hub: string;
  topic: string;
  /** The key that signs pushes. */
  secret: string;
  /** When to send the hub the next request to subscribe or to renew the subscription; null for never. */
  askAt: Date | null;
  /** When the last request was sent to the hub; null if none was. The hub can verify it within a day. */
  requestedAt: Date | null;
  /** When the hub first confirmed the subscription; null before that, and after a denial. */
  since: Date | null;
  leaseUntil: Date | null;
  /** Number of consecutive failed requests to the hub. */
  failures: number;
  /** Explains why the subscription doesn't work; null if nothing is wrong. */
  problem: string | null;
  pushes: number;
  lastPushAt: Date | null;
  /** Number of pushes that were ignored because their signature was missing or wrong. */
  refused: number;
  /** Number of new articles found through pushes, and of those that a poll found first, so that the hub missed them. */
  found: number;
  missed: number;
}

/** Whether a hub pushes at the moment, as far as is known. */
export function isSubscribed({ leaseUntil }: Pick<Subscription, "leaseUntil">, now: Date): boolean {
  return leaseUntil !== null && leaseUntil > now;
}
