import { keepStatistics } from "../../archive/statistics.ts";
import type { Config } from "../../config/env.ts";
import type { ReleaseStack } from "../../lib/async.ts";
import { maintainQueue, type QueueDefinition, scheduleQueue } from "../../queues/queues.ts";
import { syncConfigured } from "../../sources/files/apply.ts";
import type { Deps } from "../../workers/deps.ts";
import { publish } from "../../workers/flow.ts";
import { CRAWL_BATCH, schedulerHandlers } from "../../workers/handlers.ts";
import { sendHeartbeat } from "../../workers/maintain/standstill.ts";
import {
  openDeps,
  openWorkers,
  type RoleContext,
  type RunningRole,
  runEvery,
  troubleOf,
} from "./context.ts";
import { openPost } from "./egress.ts";

const MAINTENANCE_INTERVAL_MS = 60_000;
const READ_RETRY_MS = 30_000;

/** Starts the scheduler role. Any number of schedulers can run at once. */
export async function startScheduler(context: RoleContext): Promise<RunningRole> {
  const opened = await openDeps(context);
  const { deps, metrics, meter, stack, stop } = opened;
  const { config, log } = context;
  stack.add("reload", await readNowAndAtHangUp(() => readSources(deps, config), READ_RETRY_MS));
  const sequencing = new AbortController();
  const sequencer = publish({ ...deps, meter }, sequencing.signal);
  const statistics = keepStatistics({ ...deps, timezone: config.timezone }, sequencing.signal);
  stack.add("sequencer", () => {
    sequencing.abort();
    return Promise.all([sequencer, statistics]);
  });
  const concurrency = { crawl: CRAWL_BATCH.size };
  const workers = openWorkers(config, opened, schedulerHandlers(deps), concurrency);
  // The timer is here and not in Redis, so that a flushed queue still gets its next job.
  const every = (ms: number, queue: QueueDefinition<Record<string, never>>) => {
    const add = () => deps.producer.add(queue, [{}]);
    const report = (err: unknown) => log.debug({ err, queue: queue.name }, "can't queue a job");
    runEvery(ms, add, { stack, name: `${queue.name} clock`, report, atOnce: true });
  };
  every(config.tick, scheduleQueue);
  every(MAINTENANCE_INTERVAL_MS, maintainQueue);
  if (config.heartbeatUrl) sendHeartbeats(deps, config, config.heartbeatUrl, stack);
  return { address: null, metrics, trouble: () => troubleOf(workers, deps.producer), stop };
}

/**
 * Calls `read` now, at each SIGHUP, and `retryMs` ms after a call that returned false. The returned
 * function prevents further calls and waits for the running one.
 */
export async function readNowAndAtHangUp(
  read: () => Promise<boolean>,
  retryMs: number,
): Promise<() => Promise<void>> {
  let last = Promise.resolve();
  let retry: NodeJS.Timeout | undefined;
  let isEnded = false;
  const attempt = async () => {
    clearTimeout(retry);
    if (!isEnded && !(await read()) && !isEnded) retry = setTimeout(next, retryMs);
  };
  function next() {
    last = last.then(attempt);
  }
  process.on("SIGHUP", next);
  next();
  await last;
  return async () => {
    isEnded = true;
    process.off("SIGHUP", next);
    clearTimeout(retry);
    await last;
  };
}

function sendHeartbeats(deps: Deps, config: Config, url: string, stack: ReleaseStack): void {
  const post = openPost(config, stack, { name: "dead man's switch" });
  const ping = () => sendHeartbeat({ ...deps, post }, url);
  const report = (err: unknown) => deps.log.error({ err }, "can't ping the dead man's switch");
  runEvery(MAINTENANCE_INTERVAL_MS, ping, {
    stack,
    name: "dead man's clock",
    report,
    atOnce: true,
  });
}

async function readSources({ store, log }: Deps, config: Config): Promise<boolean> {
  try {
    const { problems, withheld, retire, change, add } = await syncConfigured(store, config);
    for (const problem of problems) log.error({ ...problem }, "source can't be used");
    if (withheld.length > 0) {
      log.error(
        { sources: withheld },
        "most source files are gone, so no source was retired: to retire these sources, run `newsgather sources apply --retire --reason WHY`",
      );
    }
    const ids = (sources: readonly { id: string }[]) => sources.map(({ id }) => id);
    const done = { added: ids(add), changed: ids(change), retired: ids(retire) };
    log.info({ ...done }, "sources read");
    return true;
  } catch (err) {
    log.error({ err, dir: config.sourcesDir }, "can't read the sources; trying again");
    return false;
  }
}
