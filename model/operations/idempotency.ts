/** The response to a write with an idempotency key, for whoever repeats the request. */
export interface IdempotencyRecord {
  /** Hash of who asked and his key. */
  _id: string;
  /** Hash of the request. Another request with the same key is rejected. */
  request: string;
  /** null: still running, or not stored. */
  answer: { status: number; type: string | null; body: string } | null;
  at: Date;
}
