/** One attempt to hand a subscriber a message, as it went. */
export interface Delivery {
  _id: string;
  subscriberId: string;
  /** `webhook-id`: the same for every attempt of a message. */
  messageId: string;
  /** The change; null for a test. */
  seq: number | null;
  at: Date;
  ms: number;
  delivered: boolean;
  /** Why it was not, in words. */
  problem: string | null;
  request: {
    url: string;
    headers: Record<string, string>;
    /** SHA-256 of the body; the body itself is made of the change again. */
    digest: string;
    bytes: number;
  };
  /** null where none came. */
  response: { status: number; headers: Record<string, string>; body: string } | null;
}
