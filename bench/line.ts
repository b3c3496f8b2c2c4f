import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { waitForPass } from "../bin/pass/wait.ts";
import { startSampleWorld } from "../bin/sample-world.ts";
import { plainTable } from "../bin/table.ts";
import { startTree, type Tree } from "../bin/tree.ts";
import { loadConfig, processEnv } from "../config/env.ts";
import { createLogger } from "../config/logger.ts";
import { openStore } from "../store/connect.ts";
import type { Store } from "../store/store.ts";
import { treeOf, type Usage, usageOf } from "./proc.ts";
import { cpuOf, stepsOf } from "./stages.ts";
import { storedPages } from "./stored-pages.ts";

// The whole line over HTTP on the scaled sample world with the embedded services: articles a
// second, CPU per article by process and by stage, peak memory.
const { values } = parseArgs({
  options: {
    articles: { type: "string", default: "1000" },
    sites: { type: "string", default: "40" },
    seed: { type: "string", default: "1" },
    json: { type: "boolean", default: false },
  },
});

const articles = Number(values.articles);
const dir = await mkdtemp(join(tmpdir(), "newsgather-bench-"));
const world = await startSampleWorld(join(dir, "world"), [
  "--sites",
  values.sites,
  "--articles",
  values.articles,
  "--seed",
  values.seed,
]);
try {
  const env = {
    ...processEnv(),
    NEWSGATHER_LOG_LEVEL: "warn",
    NEWSGATHER_DATA_DIR: join(dir, "data"),
    NEWSGATHER_SOURCES_DIR: join(dir, "world/sources"),
    NEWSGATHER_HOSTS: world.info.hosts,
    NEWSGATHER_ALLOW_NETWORKS: world.info.allowNetworks,
    NEWSGATHER_TICK: "1s",
  };
  const config = loadConfig(env);
  const began = performance.now();
  const since = new Date();
  const log = createLogger(config);
  const tree = await startTree({ config, env, log, roles: ["scheduler", "http", "api"] });
  try {
    const store = await openStore(tree.mongoUrl, { database: config.dbName });
    const ready = (performance.now() - began) / 1000;
    const sourceIds = (await readIds(store, Number(values.sites))) ?? [];
    await waitForPass(store, {
      sourceIds,
      since,
      show: () => {},
      signal: new AbortController().signal,
    });
    const seconds = (performance.now() - began) / 1000;
    const stored = await store.collections.articles.countDocuments({});
    const rows = usages(tree);
    const stages = await stageCosts(store);
    await store.close();
    report({ stored, seconds, ready, rows, stages });
  } finally {
    await tree.stop();
  }
} finally {
  await world.stop();
  await rm(dir, { recursive: true, force: true });
}

/** CPU ms a page of each pure stage, over captured article pages, after a warm-up. */
async function stageCosts(store: Store): Promise<{ stage: string; ms: number }[]> {
  const pages = await storedPages(store, 200);
  const all = (run: (index: number) => void) => () => pages.forEach((_, index) => run(index));
  const steps = await stepsOf(pages);
  for (const { run } of steps) all(run)();
  return steps.map(({ stage, run }) => {
    return { stage, ms: cpuOf(all(run)) / Math.max(1, pages.length) };
  });
}

/** Ids of all sources, once the scheduler has taken them over. */
async function readIds(store: Store, count: number): Promise<string[]> {
  for (;;) {
    const ids = await store.collections.sources.distinct("_id");
    if (ids.length >= count) return ids;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

interface Row extends Usage {
  name: string;
  own: boolean;
}

function usages(tree: Tree): Row[] {
  const services = new Set(["redis", "database"]);
  const running = tree.processes.flatMap(({ name, pid }) => (pid ? { name, pid } : []));
  return [...running, { name: "bench and supervisor", pid: process.pid }].flatMap(
    ({ name, pid }) => {
      const own = !services.has(name);
      // Our own process has all the others below it.
      const pids = pid === process.pid ? [pid] : treeOf(pid);
      const used = pids.flatMap((id) => usageOf(id) ?? []);
      const sum = (key: keyof Usage) => used.reduce((total, usage) => total + usage[key], 0);
      return { name, own, cpu: sum("cpu"), main: sum("main"), peak: sum("peak") };
    },
  );
}

function report(result: {
  stored: number;
  seconds: number;
  ready: number;
  rows: Row[];
  stages: { stage: string; ms: number }[];
}): void {
  const { stored, seconds, ready, rows, stages } = result;
  const own = rows.filter((row) => row.own && !row.name.startsWith("bench"));
  const cpu = (own.reduce((sum, row) => sum + row.cpu, 0) * 1000) / stored;
  const rate = stored / (seconds - ready);
  if (values.json) {
    console.log(JSON.stringify({ articles: stored, seconds, rate, cpuMs: cpu, rows, stages }));
    return;
  }
  const perArticle = (s: number) => ((s * 1000) / stored).toFixed(2);
  console.log(
    plainTable(
      ["process", "CPU ms/article", "of it event loop", "peak MB"],
      rows.map((row) => [row.name, perArticle(row.cpu), perArticle(row.main), row.peak.toFixed(0)]),
      { right: [1, 2, 3] },
    ),
  );
  console.log(
    plainTable(
      ["stage (alone, one thread)", "CPU ms/page"],
      stages.map(({ stage, ms }) => [stage, ms.toFixed(2)]),
      { right: [1] },
    ),
  );
  console.log(
    `${stored} of ${articles} articles in ${seconds.toFixed(1)} s (${ready.toFixed(1)} s of it start-up): ` +
      `${rate.toFixed(1)} articles/s, ${cpu.toFixed(1)} ms CPU per article in Newsgather's own processes`,
  );
}
