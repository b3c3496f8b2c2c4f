import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { Command } from "@commander-js/extra-typings";
import { allFor, exportArticles } from "../../../archive/export/rows.ts";
import { type Config, type Env, loadConfig, processEnv } from "../../../config/env.ts";
import { createLogger } from "../../../config/logger.ts";
import { compareWithTruth } from "../../../demo/truth.ts";
import { EXIT } from "../../../lib/exit.ts";
import { sleep } from "../../../lib/time.ts";
import type { Store } from "../../../store/store.ts";
import { removeInstance, writeInstance } from "../../instance.ts";
import { withStoreAt } from "../../open-store.ts";
import { refuseOwned } from "../../services/claim.ts";
import { startTree } from "../../tree/tree.ts";
import { stopSignal } from "../../until-stopped.ts";
import { addUserWithoutPassword, loginLink } from "../publish/users.ts";
import { runsTable } from "./progress.ts";
import { crawlOnce } from "./run.ts";
import { type SampleWorld, startSampleWorld, type WorldInfo } from "./sample-world.ts";
import { waitingTable } from "./wait.ts";

/** One sample page never finishes loading. */
const PATIENCE_MS = 20_000;
const HAPPENS_EVERY_MS = { first: 30_000, later: 150_000 };
const FREQUENT_EVENT_COUNT = 12;
const POLL_INTERVAL = "30s";

export function register(program: Command): void {
  program
    .command("demo")
    .description("serve sample news sites on loopback and watch them")
    .option("--once", "end after the first crawl; exit 0 only if all checks pass")
    .action(demo);
}

async function demo({ once = false }: { once?: boolean }): Promise<void> {
  const base = processEnv();
  const dataDir = join(loadConfig(base).dataDir, "demo");
  refuseOwned(dataDir);
  await rm(dataDir, { recursive: true, force: true });
  const signal = stopSignal();
  const every = once ? [] : ["--every", POLL_INTERVAL];
  const world = await startSampleWorld(join(dataDir, "world"), every);
  try {
    const own = demoEnv(base, dataDir, world.info);
    const env = { ...base, ...own };
    const config = loadConfig(env);
    const since = new Date();
    const log = createLogger(config);
    // Written early, so that commands started in the meantime wait for the demo instead of using
    // other data.
    await writeInstance(dataDir, { address: null, env: own });
    const tree = await startTree({ config, env, log });
    try {
      const address = tree.address ?? "";
      await writeInstance(dataDir, { address, env: own });
      await withStoreAt(config, tree.mongoUrl, async (store) => {
        await greet(store, address, world.info);
        const differences = await firstPass(store, config, world, { since, signal });
        report(differences);
        if (once) process.exitCode = differences.length === 0 ? EXIT.ok : EXIT.failed;
        else {
          console.log(suggestions(address, world.info));
          await live(world, signal);
        }
      });
    } finally {
      await tree.stop();
      await removeInstance(dataDir);
    }
  } finally {
    await world.stop();
  }
}

// The operator's storage, receivers and services. In a shared tier, the demo's upkeep would remove
// every body that the demo has no record of.
const UNSET_IN_DEMO = [
  "NEWSGATHER_BASE_URL",
  "NEWSGATHER_BODIES_TIER",
  "NEWSGATHER_BODIES_DIR",
  "NEWSGATHER_BODIES_BUCKET",
  "NEWSGATHER_ALARM_MAIL",
  "NEWSGATHER_ALARM_WEBHOOK",
  "NEWSGATHER_HEARTBEAT_URL",
  "NEWSGATHER_WEBSUB_HUB",
  "NEWSGATHER_TRANSLATOR_URL",
  "NEWSGATHER_OIDC_ISSUER",
  "NEWSGATHER_TRACES",
];

export function demoEnv(
  base: Env,
  dataDir: string,
  info: Pick<WorldInfo, "hosts" | "allowNetworks">,
): Record<string, string> {
  const fallback = (name: string, value: string) => ({ [name]: base[name] || value });
  return {
    ...Object.fromEntries(UNSET_IN_DEMO.map((name) => [name, ""])),
    ...fallback("NEWSGATHER_LOG_LEVEL", "error"),
    ...fallback("NEWSGATHER_PORTAL_TITLE", "Newsgather demo"),
    ...fallback("NEWSGATHER_REQUEST_TIMEOUT", "5s"),
    ...fallback("NEWSGATHER_TICK", "1s"),
    NEWSGATHER_DATA_DIR: dataDir,
    NEWSGATHER_DB_NAME: "newsgather_demo",
    NEWSGATHER_QUEUE_PREFIX: "newsgather-demo",
    NEWSGATHER_SOURCES_DIR: join(dataDir, "world/sources"),
    NEWSGATHER_HOSTS: info.hosts,
    NEWSGATHER_ALLOW_NETWORKS: info.allowNetworks,
  };
}

async function greet(store: Store, address: string, info: WorldInfo): Promise<void> {
  for (const role of ["operator", "editor"] as const) {
    await addUserWithoutPassword(store, role, role);
  }
  const link = await loginLink(store, { user: "operator", address, now: new Date() });
  const sites = info.hosts.trim().split("\n").length;
  console.log(`Portal     ${address}/`);
  console.log(`Admin      ${link}   (logs you in as operator, once)`);
  console.log(`API        ${address}/docs\n`);
  console.error(`${sites} sample sites are served on this machine; the first crawl begins.`);
}

async function firstPass(
  store: Store,
  config: Config,
  world: SampleWorld,
  when: { since: Date; signal: AbortSignal },
): Promise<string[]> {
  const wanted = { ids: undefined, patienceMs: PATIENCE_MS, ...when };
  const { progress, waiting } = await crawlOnce(store, config, wanted);
  console.log(runsTable(progress));
  if (waiting.length > 0) console.log(waitingTable(waiting));
  const articles = [];
  for await (const article of exportArticles(store, allFor("search"))) articles.push(article);
  const exported = JSON.parse(JSON.stringify(articles)) as Parameters<typeof compareWithTruth>[1];
  return compareWithTruth(await world.truth(), exported, await world.report());
}

function report(differences: string[]): void {
  if (differences.length === 0) {
    console.log("Everything is as expected: each article once, each copy linked.");
    return;
  }
  console.log(`Differences from the expected result: ${differences.length}`);
  for (const difference of differences) console.log(`  - ${difference}`);
}

function suggestions(address: string, { port }: WorldInfo): string {
  return `
Try next, in another terminal in this folder:
  ./bin/newsgather status                           what runs, and the state of each source
  ./bin/newsgather search bus -strike               search the articles
  ./bin/newsgather why http://agency.example:${port}/   why a URL is or isn't on the portal
  ./bin/newsgather discover http://quayside.example:${port}/ --write
                                                    a source of your own, then: run quayside --once
  ./bin/newsgather users link editor                a link that logs in as editor
  ./bin/newsgather export -o articles.jsonl         all articles as lines of JSON
And these pages:
  ${address}/topics            the topics of the portal
  ${address}/admin/sources     each source: state, schedule, runs
  ${address}/admin/inbox       articles that wait for an editor
  ${address}/feeds/all.atom    the newest articles as a feed
  ${address}/docs              the API
`;
}

async function live(world: SampleWorld, signal: AbortSignal): Promise<void> {
  console.log("The sites continue to publish. Ctrl-C ends the demo.");
  for (let count = 0; !signal.aborted; count++) {
    const often = count < FREQUENT_EVENT_COUNT;
    await sleep(often ? HAPPENS_EVERY_MS.first : HAPPENS_EVERY_MS.later, signal);
    if (signal.aborted) return;
    console.log(`${new Date().toTimeString().slice(0, 8)}  ${await world.happen()}`);
  }
}
