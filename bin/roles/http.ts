import { LIMITS } from "../../config/limits.ts";
import { httpHandlers } from "../../workers/handlers.ts";
import { startWorkers } from "../../workers/runtime/start-workers.ts";
import { openDeps, type RoleContext, type RunningRole, troubleOf } from "./context.ts";
import { guardOf } from "./egress.ts";
import { openTurns } from "./turns.ts";

/** Starts the http role: host turns over HTTP, announcements, and jobs that read stored pages again. */
export async function startHttp(context: RoleContext): Promise<RunningRole> {
  const opened = await openDeps(context);
  const guard = guardOf(context.config);
  const turns = await openTurns(context, opened, { guard, browser: null });
  const { config, log } = context;
  const workers = startWorkers(httpHandlers(turns), {
    ...opened.queues,
    concurrency: { fetch: config.httpConcurrency },
    stuckAfter: config.stuckAfter,
    meter: opened.meter,
    log,
  });
  opened.stack.add("workers", () => workers.close(LIMITS.shutdown / 2));
  const trouble = () => troubleOf(workers, opened.deps.producer, turns.outage);
  const { inHand } = turns;
  return { address: null, inHand, metrics: opened.metrics, trouble, stop: opened.stop };
}
