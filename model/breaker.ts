import type { Host } from "./host.ts";

/** How a host's circuit breaker stands (Nygard, "Release It!"). */
export interface BreakerState {
  /**
   * `closed`: the host is visited; `open`: it is left alone until the next try; `half-open`: that
   * time is over, one request at a time is made, and its answer decides.
   */
  state: "closed" | "open" | "half-open";
  /** When the next request may be made; null while nothing holds it back. */
  nextTry: Date | null;
  /** Why it opened, in words. */
  cause: string | null;
  /** Failures in a row. */
  failures: number;
}

/** The breaker of a host at a time. */
export function breakerOf(
  { failures, openUntil, openReason }: Pick<Host, "failures" | "openUntil" | "openReason">,
  now: Date,
): BreakerState {
  if (!openUntil) return { state: "closed", nextTry: null, cause: null, failures };
  const open = openUntil > now;
  const state = open ? "open" : "half-open";
  return { state, nextTry: open ? openUntil : null, cause: openReason, failures };
}
