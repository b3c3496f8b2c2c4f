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
  /** When the hub is asked next, for the first time, again or to renew; null when it isn't any more. */
  askAt: Date | null;
  /** When it was last asked; a verification is believed after that alone. */
  requestedAt: Date | null;
  /** Since when it holds; null until the hub has verified it. */
  since: Date | null;
  leaseUntil: Date | null;
  /** Times in a row that the hub was asked in vain. */
  failures: number;
  /** What is wrong, in words; null when nothing is. */
  problem: string | null;
  pushes: number;
  lastPushAt: Date | null;
  /** Pushes whose signature was missing or wrong: nothing came of them. */
  refused: number;
  /** New articles that pushes brought, and those that a poll found first: what pushes missed. */
  found: number;
  missed: number;
}

/** Whether a hub pushes now, as far as is known. */
export function isSubscribed({ leaseUntil }: Pick<Subscription, "leaseUntil">, now: Date): boolean {
  return leaseUntil !== null && leaseUntil > now;
}
