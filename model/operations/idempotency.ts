/** What a writing request with an idempotency key was answered, for whoever asks again with that key. */
export interface IdempotencyRecord {
  /** Hash of who asked and his key. */
  _id: string;
  /** Hash of what was asked: another request with the same key is refused. */
  request: string;
  /** null: still at work, or not kept. */
  answer: { status: number; type: string | null; body: string } | null;
  at: Date;
}
