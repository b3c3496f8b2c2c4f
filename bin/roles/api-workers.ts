import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { writeExport } from "../../archive/write-export.ts";
import type { Config } from "../../config/env.ts";
import { LIMITS } from "../../config/limits.ts";
import { proxiesIn } from "../../crawler/http/http.ts";
import type { Export } from "../../model/archive/export.ts";
import type { ExportDeps, WebhookActions } from "../../web/server/config.ts";
import { createHubAsk } from "../../workers/crawl/subscriptions.ts";
import { type DeliverDeps, sendTest, sentBody } from "../../workers/deliver/attempt.ts";
import { createDeliveryTick } from "../../workers/deliver/deliver.ts";
import { createHubPing } from "../../workers/deliver/hub-ping.ts";
import { enqueueExports, sweepExports } from "../../workers/export/export.ts";
import { deliverHandlers, exportHandlers } from "../../workers/handlers.ts";
import type { Workers } from "../../workers/runtime/start-workers.ts";
import { type Opened, openWorkers, runEvery } from "./context.ts";
import { openPost, secretsOf } from "./egress.ts";
import type { OpenedSearch } from "./search.ts";

/**
 * A ping to a hub reports changes up to the previous check, so feeds cached then must have expired.
 */
const DELIVERY_CHECK_INTERVAL_MS = Math.max(1000, LIMITS.staleness);
const DELIVERY_CONCURRENCY = 8;

/** Starts webhook deliveries and, if configured, hub pings and subscriptions to feeds' hubs. */
export function openDeliveries(
  config: Config,
  opened: Opened,
  baseUrl: string,
): { webhooks: WebhookActions; workers: Workers } {
  const { deps, stack } = opened;
  const post = openPost(config, stack, { name: "webhooks' egress" });
  const delivering = { ...deps, post };
  const concurrency = { deliver: DELIVERY_CONCURRENCY };
  const workers = openWorkers(config, opened, deliverHandlers(delivering), concurrency);
  const { webSubHub: hub, webSub } = config;
  const checks = [
    createDeliveryTick(deps),
    ...(hub ? [createHubPing(delivering, { hub, baseUrl })] : []),
    // Hubs can reach this installation only at a configured URL.
    ...(webSub && config.baseUrl
      ? [createHubAsk({ ...delivering, proxyOf: proxiesIn(secretsOf(config)) }, { baseUrl })]
      : []),
  ];
  const report = (err: unknown) => deps.log.debug({ err }, "a check for deliveries or hubs failed");
  for (const check of checks)
    runEvery(DELIVERY_CHECK_INTERVAL_MS, check, { stack, name: "deliver clock", report });
  return { webhooks: actionsOf(delivering), workers };
}

export function actionsOf(deps: Pick<DeliverDeps, "store" | "post" | "now">): WebhookActions {
  return {
    refusal: (url) => deps.post.refusal(url),
    test: (subscriber) => sendTest(deps, subscriber),
    body: (delivery) => sentBody(deps.store, delivery),
  };
}

const EXPORT_CHECK_INTERVAL_MS = 5000;

export async function openExports(
  config: Config,
  opened: Opened,
  search: OpenedSearch | undefined,
): Promise<ExportDeps> {
  const { deps, stack } = opened;
  const { store, log } = deps;
  const folder = join(config.dataDir, "exports");
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const exporting = {
    ...deps,
    write: (one: Export, onCount: (count: number) => void) =>
      writeExport({ store, search }, join(folder, one._id), one, onCount),
  };
  openWorkers(config, opened, exportHandlers(exporting), {}, 4);
  const findDue = async () => {
    await enqueueExports(deps);
    await sweepExports(deps, folder);
  };
  const report = (err: unknown) => log.debug({ err }, "can't check for exports");
  runEvery(EXPORT_CHECK_INTERVAL_MS, findDue, { stack, name: "export clock", report });
  return { folder, producer: deps.producer };
}
