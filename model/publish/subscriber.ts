import type { Bookmark } from "./consumer.ts";
import type { Filter } from "./filter.ts";

/** The signing secrets of messages; an old one stays valid for a while. */
export interface SigningSecret {
  /** `whsec_` and base64: it has to be known here to sign. */
  secret: string;
  /** null: the current one. */
  until: Date | null;
}

/** A webhook: a URL that gets the changes one by one. */
export interface Subscriber extends Bookmark {
  _id: string;
  url: string;
  filter: Filter;
  /** The view whose query replaces the filter. */
  view?: string;
  secrets: SigningSecret[];
  /** `paused` by an operator; `stopped` by us after failing for too long. */
  state: "active" | "paused" | "stopped";
  /** Why it is not active, in words. */
  reason: string | null;
  createdAt: Date;
  createdBy: string;
  /** Failed tries in a row. */
  failures: number;
  failingSince: Date | null;
  /** Nothing is sent before this. */
  nextTryAt: Date;
  deliveredAt: Date | null;
  lastProblem: string | null;
}

/** Failed tries in a row that open the circuit. */
const OPENS = 5;

/**
 * The circuit of a subscriber: `closed` while messages pass; `open`: nothing is sent until the next
 * try; `half-open`: that time has come, and one message decides.
 */
export function circuitOf(
  { failures, nextTryAt }: Pick<Subscriber, "failures" | "nextTryAt">,
  now: Date,
): "closed" | "open" | "half-open" {
  if (failures < OPENS) return "closed";
  return nextTryAt > now ? "open" : "half-open";
}

/** One attempt to send a message to a subscriber, with request and response. */
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
  /** null when there was none. */
  response: { status: number; headers: Record<string, string>; body: string } | null;
}
