import { once } from "node:events";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { Command } from "commander";
import { type Config, type Env, loadConfig, processEnv } from "../../config/env.ts";
import { createLogger } from "../../config/logger.ts";
import { compareWithTruth } from "../../demo/check.ts";
import { refuseOwned } from "../../services/claim.ts";
import { EXIT } from "../exit.ts";
import { openStoreOf } from "../open-store.ts";
import { exportArticles } from "../pass/export-articles.ts";
import { passTable } from "../pass/table.ts";
import { type SampleWorld, startSampleWorld, type WorldInfo } from "../sample-world.ts";
import { startTree, type Tree } from "../tree.ts";
import { stopSignal } from "../until-stopped.ts";
import { pass } from "./run.ts";

/** `newsgather demo`: the whole line on a world of sample sites, on this machine alone. */
export function register(program: Command): void {
  program
    .command("demo")
    .description("serve a world of sample news sites on loopback and run the whole line over it")
    .option("--once", "end after the first pass; exit 0 only if everything is as it should be")
    .action(demo);
}

async function demo({ once: ends }: { once?: boolean }): Promise<void> {
  const base = processEnv();
  const dataDir = join(loadConfig(base).dataDir, "demo");
  await refuseOwned(dataDir);
  await rm(dataDir, { recursive: true, force: true });
  const signal = stopSignal();
  const world = await startSampleWorld(join(dataDir, "world"));
  try {
    const env = demoEnv(base, dataDir, world.info);
    const config = loadConfig(env);
    console.error(`sample world: ${world.info.hosts.trim().split("\n").length} sites on loopback`);
    const since = new Date();
    const log = createLogger(config);
    const tree = await startTree({ config, env, log });
    try {
      const differences = await firstPass(config, tree, world, since);
      report(differences);
      if (ends) process.exitCode = differences.length === 0 ? EXIT.ok : EXIT.failed;
      else await stayOpen(tree, signal);
    } finally {
      await tree.stop();
    }
  } finally {
    await world.stop();
  }
}

/** Settings of the demo: its own data, the world's names, a faster clock; yours where given. */
function demoEnv(base: Env, dataDir: string, info: WorldInfo): Env {
  return {
    NEWSGATHER_LOG_LEVEL: "warn",
    NEWSGATHER_PORTAL_TITLE: "Newsgather demo",
    NEWSGATHER_REQUEST_TIMEOUT: "5s",
    NEWSGATHER_TICK: "1s",
    ...base,
    NEWSGATHER_DATA_DIR: dataDir,
    NEWSGATHER_DB_NAME: "newsgather_demo",
    NEWSGATHER_QUEUE_PREFIX: "newsgather-demo",
    NEWSGATHER_SOURCES_DIR: join(dataDir, "world/sources"),
    NEWSGATHER_HOSTS: info.hosts,
    NEWSGATHER_ALLOW_NETWORKS: info.allowNetworks,
  };
}

async function firstPass(
  config: Config,
  tree: Tree,
  world: SampleWorld,
  since: Date,
): Promise<string[]> {
  const store = await openStoreOf(config, tree.mongoUrl);
  try {
    const progress = await pass(store, config, { ids: undefined, since });
    console.log(passTable(progress));
    const articles = [];
    for await (const article of exportArticles(store)) articles.push(article);
    const exported = JSON.parse(JSON.stringify(articles)) as Parameters<typeof compareWithTruth>[1];
    return compareWithTruth(await world.truth(), exported, await world.report());
  } finally {
    await store.close();
  }
}

function report(differences: string[]): void {
  if (differences.length === 0) {
    console.log("Everything is as the sample world says: each article once, each copy linked.");
    return;
  }
  console.log(`${differences.length} differences from what the sample world says:`);
  for (const difference of differences) console.log(`  - ${difference}`);
}

async function stayOpen(tree: Tree, signal: AbortSignal): Promise<void> {
  console.log(`\nPortal     ${tree.address}/`);
  console.log(`API        ${tree.address}/docs`);
  console.log(`Operators  ${tree.address}/admin`);
  console.log("\nCtrl-C ends the demo.");
  if (!signal.aborted) await once(signal, "abort");
}
