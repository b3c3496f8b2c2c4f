import { shortHash } from "../lib/hash.ts";

/**
 * The trace (32 hex digits, as W3C Trace Context has them) of all that a run brings with it, in logs, on
 * articles and for OpenTelemetry. It is made of the run's id, which is known when a source is due and which every
 * link and capture carries: no queue has to hand it on, and none can lose it.
 */
export function traceIdOf(runId: string): string {
  return shortHash(`trace of ${runId}`);
}
