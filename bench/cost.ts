import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { plainTable } from "../bin/output.ts";
import { startDatabase } from "../bin/services/database.ts";
import { asWritten } from "./cost/as-written.ts";
import { countingProxy } from "./cost/counting-proxy.ts";
import { flameGraph } from "./cost/flame.ts";
import { type CpuProfile, START_UP, type Stack, sharesOf, stacksOf } from "./cost/profile.ts";
import { cpuPerArticle, type ProcessUsage, runLine } from "./line/run.ts";
import { startScaledWorld } from "./world/start.ts";

/**
 * Measures the cost of an article end to end: CPU ms by stage over all of Newsgather's processes,
 * and round trips to the database, counted on the network. The CPU time of the processes is divided
 * among the stages in proportion to a profiler's samples.
 *
 *     node dist/bench/cost.js [--articles N] [--sites N] [--json] [--profile FOLDER]
 *
 * `--profile` stores the profiles, which a browser's developer tools can open, and a flame graph of
 * each process.
 */
const { values } = parseArgs({
  options: {
    articles: { type: "string", default: "1000" },
    sites: { type: "string", default: "40" },
    seed: { type: "string", default: "1" },
    json: { type: "boolean", default: false },
    profile: { type: "string" },
  },
});
const quiet = { debug() {}, info() {}, warn() {} };

const dir = await mkdtemp(join(tmpdir(), "newsgather-bench-"));
const profiles = values.profile ? resolve(values.profile) : join(dir, "profiles");
await mkdir(profiles, { recursive: true });
const { articles, sites, seed } = values;
const size = ["--sites", sites, "--articles", articles, "--seed", seed];
const world = await startScaledWorld(join(dir, "world"), size);
const database = await startDatabase({ dataDir: join(dir, "database"), log: quiet });
const proxy = await countingProxy(database.url);
try {
  // Processes started from here on are profiled.
  process.execArgv.push("--cpu-prof", `--cpu-prof-dir=${profiles}`, "--cpu-prof-interval=2000");
  const run = await runLine(world, {
    dir,
    sites: Number(sites),
    env: { MONGODB_URI: proxy.url },
    storeUrl: database.url,
    look: () => Promise.resolve(new Map(proxy.counts())),
  });
  const stages = await stagesOf(run.processes, run.stored);
  const startUp = ((stages.get(START_UP) ?? 0) * run.stored) / 1000;
  const cpuMs = cpuPerArticle(run) - (stages.get(START_UP) ?? 0);
  stages.delete(START_UP);
  report(run.stored, stages, { cpuMs, startUp, trips: run.found });
} finally {
  await proxy.close();
  await database.stop();
  await world.stop();
  await rm(dir, { recursive: true, force: true });
}

async function stagesOf(processes: ProcessUsage[], stored: number): Promise<Map<string, number>> {
  const byPid = await stacksByPid();
  const stages = new Map<string, number>();
  for (const { name, own, pid, cpu } of processes) {
    if (!own) continue;
    const stacks = byPid.get(pid) ?? [];
    if (values.profile) {
      await writeFile(join(profiles, `${name}.svg`), flameGraph(name, stacks));
    }
    for (const [stage, share] of sharesOf(stacks)) {
      stages.set(stage, (stages.get(stage) ?? 0) + (share * cpu * 1000) / stored);
    }
  }
  return stages;
}

/** A profile's name is `CPU.DATE.TIME.PID.THREAD.N.cpuprofile`. */
async function stacksByPid(): Promise<Map<number, Stack[]>> {
  const byPid = new Map<number, Stack[]>();
  for (const file of await readdir(profiles)) {
    if (!file.endsWith(".cpuprofile")) continue;
    const pid = Number(file.split(".")[3]);
    const profile = JSON.parse(await readFile(join(profiles, file), "utf8")) as CpuProfile;
    byPid.set(pid, [...(byPid.get(pid) ?? []), ...stacksOf(asWritten(profile))]);
  }
  return byPid;
}

function report(
  stored: number,
  stages: Map<string, number>,
  { cpuMs, startUp, trips }: { cpuMs: number; startUp: number; trips: Map<string, number> },
): void {
  const rows = [...stages].toSorted((a, b) => b[1] - a[1]);
  const commands = [...trips].toSorted((a, b) => b[1] - a[1]);
  const roundTrips = commands.reduce((sum, [, count]) => sum + count, 0) / stored;
  if (values.json) {
    const byCommand = Object.fromEntries(commands);
    const byStage = Object.fromEntries(rows);
    console.log(
      JSON.stringify({ articles: stored, cpuMs, startUp, stages: byStage, roundTrips, byCommand }),
    );
    return;
  }
  const right = { right: [1] };
  const shown = rows.map(([stage, ms]) => [stage, ms.toFixed(2)]);
  console.log(plainTable(["stage", "CPU ms/article"], shown, right));
  const often = commands.slice(0, 20).map(([name, count]) => [name, (count / stored).toFixed(2)]);
  console.log(plainTable(["round trip", "per article"], often, right));
  console.log(
    `${stored} articles: ${cpuMs.toFixed(1)} ms CPU and ${roundTrips.toFixed(2)} round trips to the database each, ` +
      `and ${startUp.toFixed(1)} s CPU for starting up`,
  );
  if (values.profile) console.log(`profiles and flame graphs are in ${profiles}`);
}
