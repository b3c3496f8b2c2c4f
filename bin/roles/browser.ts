import type { Registry } from "prom-client";
import type { BrowserPool } from "../../crawler/browser/browser.ts";
import { cached } from "../../lib/async.ts";
import { MAX_SITE_JOBS } from "../../sources/site-jobs.ts";
import { browserHandlers } from "../../workers/handlers.ts";
import { createBrowserSessions, maxOpenContexts } from "../../workers/render/browser-sessions.ts";
import {
  metricsIn,
  openDeps,
  openWorkers,
  type RoleContext,
  type RunningRole,
  troubleOf,
} from "./context.ts";
import { guardOf, openBrowser } from "./egress.ts";
import { openTurns } from "./turns.ts";

export async function startBrowser(context: RoleContext): Promise<RunningRole> {
  const { config, log } = context;
  const opened = await openDeps(context);
  const { stack, metrics, stop } = opened;
  const guard = guardOf(config);
  const { sandbox, concurrency } = config.browser;
  if (!sandbox)
    log.warn({}, "the browser runs without its sandbox (NEWSGATHER_BROWSER_SANDBOX=off)");
  const pool = await openBrowser(config, guard, stack);
  addBrowser(metrics, pool);
  const sessions = createBrowserSessions(pool, concurrency);
  stack.add("browser", () => sessions.close());
  const turns = await openTurns(context, opened, { guard, browser: sessions });
  const { render, preview } = browserHandlers(turns);
  const workers = openWorkers(config, opened, { render }, { render: maxOpenContexts(concurrency) });
  // Separate workers: a preview takes minutes at its host's pace, so other jobs would count as
  // stuck. There is a worker for each preview that can run at once, because a preview that waits
  // for two minutes is assumed to have no worker.
  openWorkers(config, opened, { preview }, { preview: MAX_SITE_JOBS }, 4);
  return {
    address: null,
    inHand: turns.inHand,
    metrics,
    trouble: () => troubleOf(workers, opened.deps.producer, turns.outage),
    stop,
  };
}

/** Each measurement reads a file for each of the browser's processes. */
const MEASUREMENT_TTL_MS = 30_000;

/** Adds metrics of this process's browser; all are 0 while no browser runs. */
export function addBrowser(
  registry: Registry,
  { inspect }: Pick<BrowserPool, "inspect">,
): Registry {
  const last = cached(() => inspect(), { ttl: MEASUREMENT_TTL_MS, size: 1 });
  const { gauge } = metricsIn(registry);
  gauge("browser_age_seconds", "Seconds since the browser was started", async () => {
    const { startedAt = null } = (await last.get("")) ?? {};
    return startedAt === null ? 0 : (Date.now() - startedAt) / 1000;
  });
  gauge(
    "browser_pages",
    "Pages that the browser has rendered since it was started",
    async () => (await last.get(""))?.pages ?? 0,
  );
  gauge(
    "browser_memory_bytes",
    "Memory (PSS) of the browser's processes; 0 for a browser on another machine",
    async () => (await last.get(""))?.memory ?? 0,
  );
  return registry;
}
