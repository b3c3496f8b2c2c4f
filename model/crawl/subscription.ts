/** A feed's WebSub hub that pushes news to us, and what it failed to push. */
export interface Subscription {
  /** Random: the last part of the address that the hub calls, so nobody guesses it. */
  _id: string;
  sourceId: string;
  /** The feed's link; a subscription ends with the feed. */
  linkId: string;
  hub: string;
  topic: string;
  /** Key of the signatures that pushes carry. */
  secret: string;
  /** When the hub gets the next request to subscribe or renew; null when it gets none. */
  askAt: Date | null;
  /** When it last got one. Only after that a verification counts. */
  requestedAt: Date | null;
  /** Since when it holds; null until the hub has verified it. */
  since: Date | null;
  leaseUntil: Date | null;
  /** Failed requests to the hub in a row. */
  failures: number;
  /** What is wrong, in words; null when nothing is. */
  problem: string | null;
  pushes: number;
  lastPushAt: Date | null;
  /** Pushes with a missing or wrong signature. They were ignored. */
  refused: number;
  /** Number of new articles from pushes, and of those that a poll found first: the pushes missed them. */
  found: number;
  missed: number;
}

/** Whether a hub pushes now, as far as is known. */
export function isSubscribed({ leaseUntil }: Pick<Subscription, "leaseUntil">, now: Date): boolean {
  return leaseUntil !== null && leaseUntil > now;
}
