import type { ProcessProblem } from "../../model/operations/process.ts";
import type { Producer } from "../../queues/producer.ts";
import type { Outage } from "../../workers/fetch/outage.ts";
import type { Workers } from "../../workers/runtime/start-workers.ts";

/** What keeps the workers of this process from their work; null when they do it. */
export async function troubleOf(
  workers: Workers,
  producer: Producer,
  outage?: Outage,
): Promise<ProcessProblem | null> {
  try {
    const counts = await producer.counts();
    const trouble = workers.trouble((queue) => counts[queue]?.["waiting"] ?? 0);
    if (trouble) return trouble;
    const offline = outage?.problem() ?? null;
    return offline === null ? null : { text: offline, stuckSince: null };
  } catch (error) {
    // Nothing waits that could be known of: the time until Redis is back doesn't count.
    workers.trouble(() => 0);
    const why = error instanceof Error ? error.message : String(error);
    return { text: `Redis does not answer: ${why}`, stuckSince: null };
  }
}
