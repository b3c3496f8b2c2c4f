import type { Bookmark } from "./consumer.ts";
import type { Filter } from "./filter.ts";

/** A secret with which messages are signed. After it is replaced, it stays valid for a while. */
export interface SigningSecret {
  /** `whsec_` and the key in base64. Signing needs the key itself, so it is not hashed. */
  secret: string;
  /** When the secret stops being valid; null for the current one. */
  until: Date | null;
}

/** A webhook: a URL to which changes are sent, one message each. */
export interface Subscriber extends Bookmark {
  _id: string;
  url: string;
  filter: Filter;
  /** Id of the view whose query is used instead of `filter`; missing if `filter` is used. */
  view?: string;
  secrets: SigningSecret[];
  /** `paused`: by an operator. `stopped`: by Newsgather; `reason` says why. */
  state: "active" | "paused" | "stopped";
  reason: string | null;
  createdAt: Date;
  createdBy: string;
  /** Number of consecutive failed attempts. */
  failures: number;
  failingSince: Date | null;
  /** Nothing is sent before this time. */
  nextTryAt: Date;
  deliveredAt: Date | null;
  lastProblem: string | null;
}

const MIN_FAILURES_TO_OPEN = 5;

export function circuitOf(
  { failures, nextTryAt }: Pick<Subscriber, "failures" | "nextTryAt">,
  now: Date,
): "closed" | "open" | "half-open" {
  if (failures < MIN_FAILURES_TO_OPEN) return "closed";
  return nextTryAt > now ? "open" : "half-open";
}

/** One attempt to send a message to a webhook, with request and response. */
export interface Delivery {
  _id: string;
  subscriberId: string;
  /** The header `webhook-id`, which is the same for all attempts to send the message. */
  messageId: string;
  /** Number of the change that was sent; null for a test message. */
  seq: number | null;
  at: Date;
  ms: number;
  delivered: boolean;
  problem: string | null;
  request: {
    url: string;
    headers: Record<string, string>;
    /** SHA-256 of the body, which itself isn't stored. */
    digest: string;
    bytes: number;
  };
  response: { status: number; headers: Record<string, string>; body: string } | null;
}
