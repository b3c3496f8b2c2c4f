import { join } from "node:path";
import type { SampleWorld } from "../../bin/commands/run/sample-world.ts";
import { waitForRuns } from "../../bin/commands/run/wait.ts";
import { startTree, type Tree } from "../../bin/tree/tree.ts";
import { type Env, loadConfig, processEnv } from "../../config/env.ts";
import { createLogger } from "../../config/logger.ts";
import type { Role } from "../../queues/queues.ts";
import { openStore } from "../../store/connect.ts";
import type { Store } from "../../store/store.ts";
import { treeOf, type Usage, usageOf } from "../proc.ts";
import { roleFile } from "./role-file.ts";

export interface ProcessUsage extends Usage {
  name: string;
  pid: number;
  own: boolean;
  /**
   * The part of `cpu` that was start-up, s. Start-up ends when all processes run or, with `warmUp`,
   * when the warm-up articles are stored.
   */
  startUp: number;
}

export interface LineRun<Found> {
  stored: number;
  since: Date;
  /** Number of articles stored by the end of the warm-up; 0 without `warmUp`. */
  before: number;
  /** Seconds from the start of the services to the end of the run. */
  seconds: number;
  /** The part of `seconds` that was start-up. */
  ready: number;
  processes: ProcessUsage[];
  found: Found;
}

/**
 * Runs scheduler, HTTP worker and API over a sample world until nothing is due. The data is in
 * `dir`. Uses the embedded services unless `env` configures others.
 */
export async function runLine<Found>(
  world: SampleWorld,
  options: {
    dir: string;
    sites: number;
    roles?: Role[];
    /**
     * CPU time counts as start-up until this many articles are stored. Until then, V8 is still
     * compiling the code.
     */
    warmUp?: number;
    env?: Env;
    /** Whether to wait for a source's runs. If missing, waits for the runs of all sources. */
    isAwaited?(sourceId: string): boolean;
    /**
     * URL of the database for the benchmark's queries; missing if it is the same as the pipeline's.
     */
    storeUrl?: string;
    look(store: Store): Promise<Found>;
    /** Called every two seconds while the pipeline works, with pids by process name. */
    watch?(store: Store, pids: ReadonlyMap<string, number>): Promise<void>;
  },
): Promise<LineRun<Found>> {
  const { dir, sites, look, isAwaited = () => true } = options;
  const env = {
    ...processEnv(),
    NEWSGATHER_LOG_LEVEL: "warn",
    NEWSGATHER_DATA_DIR: join(dir, "data"),
    NEWSGATHER_SOURCES_DIR: join(dir, "world/sources"),
    NEWSGATHER_HOSTS: world.info.hosts,
    NEWSGATHER_ALLOW_NETWORKS: world.info.allowNetworks,
    NEWSGATHER_LISTEN: "127.0.0.1:0",
    ...options.env,
  };
  const config = loadConfig(env);
  const began = performance.now();
  const since = new Date();
  const tree = await startTree({
    config,
    env,
    log: createLogger(config),
    roles: options.roles ?? ["scheduler", "http", "api"],
    roleFile: roleFile(),
  });
  try {
    const store = await openStore(options.storeUrl ?? tree.mongoUrl, { database: config.dbName });
    const ready = (performance.now() - began) / 1000;
    const cpuNow = () => new Map(usages(tree, new Map()).map(({ pid, cpu }) => [pid, cpu]));
    let [before, atStart] = [0, cpuNow()];
    const warm = async (wanted: number) => {
      const stored = await store.collections.articles.estimatedDocumentCount();
      if (before === 0 && stored >= wanted) [before, atStart] = [stored, cpuNow()];
    };
    const sourceIds = (await readIds(store, sites)).filter((id) => isAwaited(id));
    const signal = new AbortController().signal;
    const watching = setInterval(() => {
      const pids = tree.processes.flatMap(({ name, pid }) => (pid ? [[name, pid] as const] : []));
      void options.watch?.(store, new Map(pids));
      if (options.warmUp && before === 0) void warm(options.warmUp);
    }, 2000);
    await waitForRuns(store, { sourceIds, since, signal });
    clearInterval(watching);
    const seconds = (performance.now() - began) / 1000;
    const processes = usages(tree, atStart);
    const stored = await store.collections.articles.countDocuments({});
    const found = await look(store);
    await store.close();
    return { stored, since, before, seconds, ready, processes, found };
  } finally {
    await tree.stop();
  }
}

export function cpuPerArticle({ processes, stored }: LineRun<unknown>): number {
  const own = processes.filter((one) => one.own);
  return (own.reduce((sum, { cpu }) => sum + cpu, 0) * 1000) / stored;
}

async function readIds(store: Store, count: number): Promise<string[]> {
  for (;;) {
    const ids = await store.collections.sources.distinct("_id");
    if (ids.length >= count) return ids;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

function usages(tree: Tree, atReady: ReadonlyMap<number, number>): ProcessUsage[] {
  const services = new Set(["redis", "database"]);
  const running = tree.processes.flatMap(({ name, pid }) => (pid ? { name, pid } : []));
  const bench = { name: "bench and supervisor", pid: process.pid };
  return [...running, bench].map(({ name, pid }) => {
    const isBench = pid === process.pid;
    // The benchmark's own process is counted alone, because all the others descend from it.
    const used = (isBench ? [pid] : treeOf(pid)).flatMap((id) => usageOf(id) ?? []);
    const sum = (key: keyof Usage) => used.reduce((total, usage) => total + usage[key], 0);
    const own = !isBench && !services.has(name);
    const startUp = atReady.get(pid) ?? 0;
    return { name, pid, own, startUp, cpu: sum("cpu"), main: sum("main"), peak: sum("peak") };
  });
}
