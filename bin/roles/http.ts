import { httpHandlers } from "../../workers/handlers.ts";
import { openDeps, openWorkers, type RoleContext, type RunningRole, troubleOf } from "./context.ts";
import { guardOf } from "./egress.ts";
import { openTurns } from "./turns.ts";

/** Starts the http role, which fetches pages, publishes announcements and extracts pages again. */
export async function startHttp(context: RoleContext): Promise<RunningRole> {
  const opened = await openDeps(context);
  const guard = guardOf(context.config);
  const turns = await openTurns(context, opened, { guard, browser: null });
  const concurrency = { fetch: context.config.httpConcurrency };
  const workers = openWorkers(context.config, opened, httpHandlers(turns), concurrency);
  const trouble = () => troubleOf(workers, opened.deps.producer, turns.outage);
  const { inHand } = turns;
  return { address: null, inHand, metrics: opened.metrics, trouble, stop: opened.stop };
}
