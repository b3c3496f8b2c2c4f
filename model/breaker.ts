import type { Host } from "./host.ts";

/** How a host's breaker stands. */
export interface BreakerState {
  /**
   * `open`: it is visited; `closed`: it is left alone until then; `half-open`: that time is over,
   * and the next request decides.
   */
  state: "open" | "closed" | "half-open";
  /** When the next request may be made; null while nothing holds it back. */
  nextTry: Date | null;
  /** Why it was closed, in words. */
  cause: string | null;
  /** Failures in a row. */
  failures: number;
}

/** The breaker of a host at a time. */
export function breakerOf(
  { failures, closedUntil, closedReason }: Pick<Host, "failures" | "closedUntil" | "closedReason">,
  now: Date,
): BreakerState {
  if (!closedUntil) return { state: "open", nextTry: null, cause: null, failures };
  const closed = closedUntil > now;
  const state = closed ? "closed" : "half-open";
  return { state, nextTry: closed ? closedUntil : null, cause: closedReason, failures };
}
