import { LIMITS } from "../../config/limits.ts";
import { turnHandlers } from "../../workers/handlers.ts";
import { startWorkers } from "../../workers/start.ts";
import { createBrowserSessions, visitedAtOnce } from "../../workers/turn/browser-sessions.ts";
import { addBrowser } from "./browser-metrics.ts";
import { openDeps, type RoleContext, type RunningRole } from "./context.ts";
import { readEditorial } from "./editorial.ts";
import { readTopics } from "./topics.ts";
import { troubleOf } from "./trouble.ts";
import { openTurns } from "./turns.ts";
import { guardOf, openBrowser } from "./way-out.ts";

/** Host turns in the browser, which goes out through the guard's own proxy. */
export async function startBrowser(context: RoleContext): Promise<RunningRole> {
  const { config, log } = context;
  const opened = await openDeps(context);
  const { stack, queues, metrics, meter, stop } = opened;
  const guard = guardOf(config);
  const { sandbox, concurrency } = config.browser;
  if (!sandbox)
    log.warn({}, "the browser runs without its sandbox (NEWSGATHER_BROWSER_SANDBOX=off)");
  const pool = await openBrowser(config, guard, stack);
  addBrowser(metrics, pool);
  const sessions = createBrowserSessions(pool, concurrency);
  stack.add("browser", () => sessions.close());
  const topics = await readTopics();
  const ruled = await readEditorial();
  const turns = await openTurns(context, opened, { guard, browser: sessions, topics, ruled });
  const { render } = turnHandlers(turns);
  const workers = startWorkers(render ? { render } : {}, {
    ...queues,
    concurrency: { render: visitedAtOnce(concurrency) },
    stuckAfter: config.stuckAfter,
    meter,
    log,
  });
  stack.add("workers", () => workers.close(LIMITS.shutdown / 2));
  return {
    address: null,
    inHand: turns.inHand,
    metrics,
    trouble: () => troubleOf(workers, opened.deps.producer, turns.outage),
    stop,
  };
}
