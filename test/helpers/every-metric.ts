import fastify from "fastify";
import { Registry } from "prom-client";
import { addBrowser } from "../../bin/roles/browser.ts";
import { addProcess } from "../../bin/roles/context.ts";
import { addInstallation } from "../../bin/roles/metrics.ts";
import { addSearchLag } from "../../bin/roles/search.ts";
import type { Store } from "../../store/store.ts";
import { measureRequests } from "../../web/server/request-metrics.ts";
import type { Deps } from "../../workers/deps.ts";
import { createMeter } from "../../workers/runtime/telemetry.ts";

/** A declared metric. */
export interface DeclaredMetric {
  name: string;
  help: string;
  type: string;
  labelNames: string[];
}

/**
 * Returns every metric of the workers on a machine (`process`) and of the portal (`installation`). Needs no service.
 */
export function declaredMetrics(): Record<"process" | "installation", DeclaredMetric[]> {
  const workers = new Registry();
  addProcess(workers);
  createMeter(workers);
  addBrowser(workers, { inspect: () => Promise.resolve(null) });
  const portal = new Registry();
  measureRequests(fastify(), portal);
  addInstallation(portal, {} as Deps);
  addSearchLag(portal, {} as Store, { state: () => Promise.reject(new Error("closed")) });
  return { process: declaredIn(workers), installation: declaredIn(portal) };
}

function declaredIn(registry: Registry): DeclaredMetric[] {
  return registry.getMetricsAsArray().map((metric) => {
    const { name, help, type, labelNames } = metric as unknown as Partial<DeclaredMetric>;
    return { name: name ?? "", help: help ?? "", type: type ?? "", labelNames: labelNames ?? [] };
  });
}
