import { AFTER_SUCCESS, afterFailure } from "../../crawler/politeness/breaker.ts";
import type { GiveUp, RetryLater } from "../../model/failure.ts";
import type { Host } from "../../model/host.ts";
import { saveBreaker } from "../../store/hosts.ts";
import type { TurnDeps } from "../deps.ts";

/** Longer than any process believes what it read of a host, ms. */
const BELIEVED = 1500;

/** Counts a failure against its host; enough in a row, or Retry-After, open its breaker for a while. */
export async function noteFailure(deps: TurnDeps, host: Host, failure: RetryLater | GiveUp) {
  const state = afterFailure(host, failure, deps.now());
  if (!state) return;
  await saveBreaker(deps.store, host._id, state);
  deps.hosts.forget(host._id);
  if (state.openUntil) {
    // Other processes still believe for a moment that it may be visited.
    await deps.pace.penalize(host._id, BELIEVED);
    deps.log.warn(
      { host: host._id, until: state.openUntil, reason: state.openReason },
      "host left alone: its breaker is open",
    );
  }
}

/** The breaker of a host that answers closes again. */
export async function noteSuccess(deps: TurnDeps, host: Host): Promise<void> {
  if (host.failures === 0 && !host.openUntil) return;
  await saveBreaker(deps.store, host._id, AFTER_SUCCESS);
  deps.hosts.forget(host._id);
}
