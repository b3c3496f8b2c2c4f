import { collectDefaultMetrics, type Registry } from "prom-client";

/** Their names end as those of counters do, which they aren't; the same is told by type beside them. */
const MISNAMED = ["handles", "requests", "resources"].map((of) => `nodejs_active_${of}_total`);

/** Adds what is true of any process of Node: CPU, memory, event loop, garbage collection. */
export function addProcess(registry: Registry): Registry {
  collectDefaultMetrics({ register: registry });
  for (const name of MISNAMED) registry.removeSingleMetric(name);
  return registry;
}
