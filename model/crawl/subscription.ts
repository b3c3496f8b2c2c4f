/** A subscription to a feed's WebSub hub, which pushes new articles, and counts of what it pushed and missed. */
export interface Subscription {
  /** A random id, because it is the last part of the callback URL, which nobody must be able to guess. */
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
  /** When the last request was sent; null if none was. Only a later verification counts. */
  requestedAt: Date | null;
  /** When the hub verified the subscription; null until then. */
  since: Date | null;
  leaseUntil: Date | null;
  /** Number of consecutive failed requests to the hub. */
  failures: number;
  /** Explains what is wrong; null if nothing is. */
  problem: string | null;
  pushes: number;
  lastPushAt: Date | null;
  /** Number of pushes with a missing or wrong signature, which were ignored. */
  refused: number;
  /** Number of new articles found through pushes, and of those that pushes missed because a poll found them first. */
  found: number;
  missed: number;
}

/** Whether a hub pushes at the moment, as far as is known. */
export function isSubscribed({ leaseUntil }: Pick<Subscription, "leaseUntil">, now: Date): boolean {
  return leaseUntil !== null && leaseUntil > now;
}
