/** The response to a request with an idempotency key. A repeated request gets the same response. */
export interface IdempotencyRecord {
  /** Hash of the client and the idempotency key. */
  _id: string;
  /** Hash of the request. A different request with the same key is rejected. */
  request: string;
  /** The response; null while the request is running, or if the response isn't stored. */
  answer: { status: number; type: string | null; body: string } | null;
  at: Date;
}
