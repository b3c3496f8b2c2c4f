import { backoffDelay, RETRY_POLICY } from "../../config/retry-policy.ts";
import { type Cause, type GiveUp, RetryLater } from "../../model/crawl/failure.ts";
import type { Host } from "../../model/crawl/host.ts";

/** The fields of a host that the breaker writes. */
export type Breaker = Pick<Host, "failures" | "openUntil" | "openReason">;

/** A closed breaker, after a host has responded. */
export const AFTER_SUCCESS: Breaker = { failures: 0, openUntil: null, openReason: null };

// Causes for which the host is to blame, unlike a broken page or a problem of our own.
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
 * Returns the breaker after a failure; null if the host isn't to blame. It opens at the fifth failure in a row, for
 * a minute; each further failure doubles that, up to six hours. A 429, or a 503 with Retry-After, opens it at once
 * for as long as the host asks. An earlier, longer opening remains.
 */
export function afterFailure(
  host: Breaker,
  failure: RetryLater | GiveUp,
  now: Date,
): Breaker | null {
  if (!HOST_CAUSES.has(failure.reason)) return null;
  const failures = host.failures + 1;
  const limited = failure.reason === "too-many-requests" && failure instanceof RetryLater;
  const { toleratedFailures, backoff } = RETRY_POLICY.host;
  const excess = failures - toleratedFailures + 1;
  const grown = excess > 0 ? backoffDelay(backoff, excess, 0) : 0;
  const until = now.getTime() + Math.max(grown, limited ? (failure.delay ?? 0) : 0);
  const openUntilMs = host.openUntil?.getTime() ?? 0;
  if (until <= Math.max(now.getTime(), openUntilMs)) return { ...pick(host), failures };
  return { failures, openUntil: new Date(until), openReason: failure.message };
}

function pick({ failures, openUntil, openReason }: Breaker): Breaker {
  return { failures, openUntil, openReason };
}
