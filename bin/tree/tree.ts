import { hostname } from "node:os";
import type { MetricObject } from "prom-client";
import type { Config, Env } from "../../config/env.ts";
import type { Logger } from "../../config/logger.ts";
import { ReleaseStack } from "../../lib/async.ts";
import { DAY_MS, sleep } from "../../lib/time.ts";
import type { ProcessRecord } from "../../model/operations/process.ts";
import type { Role } from "../../queues/queues.ts";
import { openStore } from "../../store/connect.ts";
import { removeProcesses, saveProcesses } from "../../store/operations/processes.ts";
import type { Store } from "../../store/store.ts";
import { countLost } from "../../workers/turn/lost-workers.ts";
import { startEmbedded } from "../services/embedded.ts";
import { type Service, type Supervised, supervise } from "../services/supervise.ts";
import { listenForMetrics } from "./metrics-listener.ts";
import { startProcess } from "./role-process.ts";

/** Everything that `newsgather start` runs: services, then one process per role. */
export interface Tree {
  mongoUrl: string;
  redisUrl: string;
  /** URL of portal, API and admin; null without the api role. */
  address: string | null;
  processes: Supervised[];
  stop(): Promise<void>;
}

const ALL_ROLES: Role[] = ["api", "scheduler", "http", "browser"];

/** Starts the services whose URLs aren't configured, then one process per role, all supervised. */
export async function startTree(options: {
  config: Config;
  env: Env;
  log: Logger;
  roles?: Role[];
  /** Ids of the sources to fetch; empty for all of them. */
  only?: string[];
  roleFile?: string;
  /** Ends the start of the services; `startTree` then throws the signal's reason. */
  signal?: AbortSignal;
}): Promise<Tree> {
  const { config, env, log, roles = ALL_ROLES, only = [], roleFile, signal } = options;
  const stack = new ReleaseStack();
  const stop = () =>
    stack.close(30_000, (name, err) => log.warn({ err, name }, "did not stop in time"));
  try {
    const { stuckAfter } = config;
    const embedded = await startEmbedded(config, { log, stuckAfter, signal });
    stack.add("services", () => embedded.stop());
    const { mongoUrl, redisUrl } = embedded;
    const address = { MONGODB_URI: mongoUrl, REDIS_URL: redisUrl };
    const measured = new Map<Role, MetricObject[]>();
    let store: Store | null = null;
    const lost = async ({ worker }: Service, isFault: boolean) => {
      if (!store || !worker) return;
      const deps = { store, log, now: () => new Date() };
      // If this fails, another process counts the loss when it takes over the links, but blames no
      // link.
      await countLost(deps, worker, { isFault }).catch((err: unknown) =>
        log.warn({ err }, "can't mark the links that a lost worker was processing"),
      );
    };
    const started = await Promise.allSettled(
      roles.map((role) => {
        const onMetrics = (metrics: MetricObject[]) => void measured.set(role, metrics);
        const run = { only, env: { ...env, ...address }, onMetrics, ...(roleFile && { roleFile }) };
        return supervise(() => startProcess(role, run), { log, stuckAfter, lost });
      }),
    );
    const processes = started.flatMap((one) => (one.status === "fulfilled" ? one.value : []));
    stack.add("roles", () => Promise.all(processes.map((process) => process.stop())));
    for (const one of started) if (one.status === "rejected") throw one.reason;
    const portal = processes[roles.indexOf("api")]?.url ?? null;
    const all = [...embedded.services, ...processes];
    const opened = await openStore(mongoUrl, { database: config.dbName });
    store = opened;
    stack.add("store", () => opened.close());
    stack.add("parts", reportProcesses(opened, { processes: all, log }));
    if (config.metricsListen) {
      const stopListening = await listenForMetrics(config.metricsListen, {
        metrics: async () => [...measured.values()],
        problems: async () =>
          all.flatMap(({ name, problem }) => (problem === null ? [] : `${name}: ${problem}`)),
      });
      stack.add("metrics", stopListening);
    }
    return { mongoUrl, redisUrl, address: portal, processes: all, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

const REPORT_INTERVAL_MS = 2000;

function reportProcesses(
  store: Store,
  options: { processes: readonly Supervised[]; log: Logger },
): () => Promise<void> {
  const { processes, log } = options;
  const ending = new AbortController();
  const machine = hostname();
  const parts = () =>
    processes.map((one): ProcessRecord => {
      const { name, pid, since, restarts, replaced, lastExit, problem } = one;
      const _id = `${machine}/${process.pid}/${name}`;
      const at = new Date();
      return { _id, name, machine, pid, since, restarts, replaced, lastExit, problem, at };
    });
  const run = async () => {
    while (!ending.signal.aborted) {
      // While the database is down, nobody could read the state anyway.
      await saveProcesses(store, parts()).catch((err: unknown) =>
        log.debug({ err }, "can't report the state of processes"),
      );
      await sleep(REPORT_INTERVAL_MS, ending.signal);
    }
  };
  const running = run();
  return async () => {
    ending.abort();
    await running;
    const ids = parts().map(({ _id }) => _id);
    await removeProcesses(store, ids, new Date(Date.now() - DAY_MS)).catch(() => {});
  };
}
