import { backoffDelay, RETRY_POLICY } from "../../config/retry-policy.ts";
import type { Host } from "../../model/crawl/host.ts";
import type { Cause, GiveUp, RetryLater } from "../../model/crawl/outcome.ts";

/** The circuit breaker of a host, as fields of the host's record. */
export type Breaker = Pick<Host, "failures" | "openUntil" | "openReason">;

export const AFTER_SUCCESS: Breaker = { failures: 0, openUntil: null, openReason: null };

// Causes that are the host's fault. The others are the fault of one page, or ours.
const HOST_CAUSES = new Set<Cause>([
  "dns",
  "connect",
  "tls",
  "timeout",
  "reset",
  "server-error",
  "too-many-requests",
]);

/**
 * Returns a host's breaker after a failure; null if the host isn't to blame. Several failures in a
 * row open the breaker; a 429, or a 503 with Retry-After, opens it at once.
 */
export function afterFailure(
  host: Breaker,
  failure: RetryLater | GiveUp,
  now: Date,
): Breaker | null {
  if (!HOST_CAUSES.has(failure.reason)) return null;
  const failures = host.failures + 1;
  const limited = failure.reason === "too-many-requests";
  const { maxFailures, backoff } = RETRY_POLICY.host;
  const excess = failures - maxFailures + 1;
  const grown = excess > 0 ? backoffDelay(backoff, excess, 0) : 0;
  const until = now.getTime() + Math.max(grown, limited ? (failure.delay ?? 0) : 0);
  const { openUntil, openReason } = host;
  if (until <= Math.max(now.getTime(), openUntil?.getTime() ?? 0))
    return { failures, openUntil, openReason };
  return { failures, openUntil: new Date(until), openReason: failure.message };
}
