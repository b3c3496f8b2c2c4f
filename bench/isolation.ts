import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { plainTable } from "../bin/output.ts";
import type { LoopDelay } from "./line/loop-delay.ts";
import { runLine } from "./line/run.ts";
import { startScaledWorld } from "./world/start.ts";

// Compares honest sites alone with the same sites beside a site that sends the worst known content:
// their articles, the elapsed time, and the longest event-loop delay, longest block and peak memory
// of Newsgather's own processes.
const { values } = parseArgs({
  options: {
    sites: { type: "string", default: "19" },
    articles: { type: "string", default: "760" },
    seed: { type: "string", default: "1" },
    json: { type: "boolean", default: false },
  },
});
/**
 * Rate of honest sites beside a hostile site, as a share of their rate without the hostile site.
 */
const MIN_RATE_SHARE = 0.9;
/** Longest time that a hostile site may block an event loop. */
const MAX_BLOCK_MS = 100;
const HOSTILE = { id: "worst", host: "worst.example", address: "127.1.250.1" };
const hostileSite = fileURLToPath(new URL("line/hostile-site.js", import.meta.url));
const loopDelay = new URL("line/loop-delay.js", import.meta.url);

const alone = await measure(false);
const beside = await measure(true);
const kept = alone.seconds / beside.seconds;
if (values.json) console.log(JSON.stringify({ alone, beside, kept }));
else {
  const row = (name: string, { articles, seconds, longest, peakMb }: typeof alone) => [
    name,
    String(articles),
    seconds.toFixed(1),
    (articles / seconds).toFixed(1),
    longest.delay.toFixed(0),
    longest.block.toFixed(0),
    peakMb.toFixed(0),
  ];
  const delays = ["longest delay ms", "longest block ms"];
  const head = ["honest sites", "articles", "s", "articles/s", ...delays, "peak MB"];
  const rows = [row("alone", alone), row("beside the hostile one", beside)];
  console.log(plainTable(head, rows, { right: [1, 2, 3, 4, 5, 6] }));
  console.log(
    `${(kept * 100).toFixed(0)} % of the undisturbed rate (bar ${MIN_RATE_SHARE * 100} %), longest block ${beside.longest.block.toFixed(0)} ms (bar ${MAX_BLOCK_MS} ms)`,
  );
}
const isIsolated = kept >= MIN_RATE_SHARE && beside.articles >= alone.articles;
process.exitCode = isIsolated && beside.longest.block <= MAX_BLOCK_MS ? 0 : 1;

async function measure(isHostile: boolean) {
  const dir = await mkdtemp(join(tmpdir(), "newsgather-bench-isolation-"));
  const delays = join(dir, "delays");
  await mkdir(delays);
  const { sites, articles, seed } = values;
  const size = ["--sites", sites, "--articles", articles, "--seed", seed];
  const world = await startScaledWorld(join(dir, "world"), size);
  const hostile = isHostile ? await startHostile(join(dir, "world/sources")) : null;
  loopDelay.searchParams.set("dir", delays);
  const hosts = `${world.info.hosts}\n${HOSTILE.address} ${HOSTILE.host}`;
  try {
    const run = await runLine(
      { ...world, info: { ...world.info, hosts } },
      {
        dir,
        sites: Number(sites) + (isHostile ? 1 : 0),
        env: { NODE_OPTIONS: `--import=${loopDelay.href}` },
        isAwaited: (id) => id !== HOSTILE.id,
        look: ({ collections }) =>
          collections.articles.countDocuments({ sourceId: { $ne: HOSTILE.id } }),
      },
    );
    if ((await readdir(delays)).length === 0) throw new Error("no process reported its delays");
    const own = run.processes.filter((one) => one.own);
    const processes = await Promise.all(
      (await readdir(delays)).map((pid) => readDelay(delays, pid)),
    );
    return {
      articles: run.found,
      seconds: run.seconds - run.ready,
      longest: {
        delay: Math.max(...processes.map(({ delay }) => delay)),
        block: Math.max(...processes.map(({ block }) => block)),
      },
      peakMb: Math.max(...own.map(({ peak }) => peak)),
    };
  } finally {
    hostile?.kill();
    await world.stop();
    await rm(dir, { recursive: true, force: true });
  }
}

async function readDelay(dir: string, pid: string): Promise<LoopDelay> {
  return JSON.parse(await readFile(join(dir, pid), "utf8"));
}

async function startHostile(sources: string) {
  const child = fork(hostileSite, [HOSTILE.address], {
    stdio: ["ignore", "pipe", "inherit", "ipc"],
  });
  if (!child.stdout) throw new Error("the hostile site has no output");
  const [port] = await once(child.stdout, "data");
  const home = `http://${HOSTILE.host}:${String(port).trim()}`;
  const lines = [`id: ${HOSTILE.id}`, "name: Worst", `home: ${home}/`, `feeds: ["${home}/feed"]`];
  const more = [
    "schedule: { every: 10m }",
    "pace: { delay: 200ms, concurrency: 2 }",
    "country: DE",
  ];
  await writeFile(join(sources, `${HOSTILE.id}.yaml`), [...lines, ...more, ""].join("\n"));
  return child;
}
