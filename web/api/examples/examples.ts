/** What an operation may be sent and answers. */
export interface Example {
  body?: unknown;
  answer: unknown;
  /** What else it answers that is no problem document, by status. */
  others?: Readonly<Record<string, unknown>>;
  /** Media type of the answer; missing: JSON, as its schema says. */
  type?: string;
}

/** Examples by operation, `GET /v1/articles/{id}`; those that answer nothing (204) need none. */
export type Examples = Readonly<Record<string, Example>>;
