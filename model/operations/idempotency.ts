/** The stored response to a request with an idempotency key. It is returned if the request is repeated. */
export interface IdempotencyRecord {
  /** Hash of the client and its key. */
  _id: string;
  /** Hash of the request. A different request with the same key is rejected. */
  request: string;
  /** The stored response; null while the request is running, and if the response isn't stored. */
  answer: { status: number; type: string | null; body: string } | null;
  at: Date;
}
