import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { runLine } from "./line/run.ts";
import { median } from "./median.ts";
import { type Pace, paceOf } from "./rate/pace.ts";
import { startScaledWorld } from "./world/start.ts";

/**
 * Measures how much of the hosts' permitted rate is used, and whether faulty hosts delay healthy
 * ones. A world at a given pace alternates with the same world with faults on every second site.
 *
 *     node dist/bench/rate.js [--sites N] [--articles N] [--delay MS] [--faults SHARE] [--rounds N] [--json]
 */
const { values } = parseArgs({
  options: {
    sites: { type: "string", default: "8" },
    articles: { type: "string", default: "200" },
    delay: { type: "string", default: "500" },
    faults: { type: "string", default: "0.1" },
    rounds: { type: "string", default: "3" },
    json: { type: "boolean", default: false },
  },
});

const dir = await mkdtemp(join(tmpdir(), "newsgather-bench-"));
const rounds: { share: number; healthy: number; violations: number }[] = [];
try {
  for (let round = 1; round <= Number(values.rounds); round++) {
    const calm = await crawl(`${round}-calm`, []);
    const troubled = await crawl(`${round}-faults`, ["--faults", values.faults]);
    const healthy = troubled.filter(({ host }) => isHealthy(host));
    const same = calm.filter(({ host }) => isHealthy(host));
    const shareOf = (paces: Pace[]) => median(paces.map(({ share }) => share));
    rounds.push({
      share: shareOf(calm),
      healthy: shareOf(healthy) / shareOf(same),
      violations: [...calm, ...troubled].reduce((sum, one) => sum + one.violations.length, 0),
    });
    process.stderr.write(`round ${round}: ${JSON.stringify(rounds.at(-1))}\n`);
    for (const { host, path, gap } of [...calm, ...troubled].flatMap((one) => one.violations)) {
      process.stderr.write(`too soon: ${host} ${path}, ${gap.toFixed(1)} ms\n`);
    }
  }
} finally {
  await rm(dir, { recursive: true, force: true });
}
const result = {
  share: median(rounds.map(({ share }) => share)),
  healthy: median(rounds.map(({ healthy }) => healthy)),
  violations: rounds.reduce((sum, { violations }) => sum + violations, 0),
};
console.log(
  values.json
    ? JSON.stringify(result)
    : `${(result.share * 100).toFixed(1)} % of the allowed rate used, ${result.violations} requests too soon; ` +
        `healthy sites at ${result.healthy.toFixed(2)} of their rate while others have faults`,
);

/** Every second site has no faults, starting with the first. `site` is its host or source id. */
function isHealthy(site: string): boolean {
  return Number(/\d+/.exec(site)?.[0] ?? 0) % 2 === 1;
}

async function crawl(name: string, more: string[]): Promise<Pace[]> {
  const { sites, articles, delay } = values;
  const size = ["--sites", sites, "--articles", articles, "--delay", delay, "--concurrency", "1"];
  const world = await startScaledWorld(join(dir, name, "world"), [...size, ...more]);
  try {
    await runLine(world, {
      dir: join(dir, name),
      sites: Number(sites),
      // A host that keeps failing is fetched less and less often, so don't wait for such hosts.
      isAwaited: more.length > 0 ? isHealthy : () => true,
      look: () => Promise.resolve(),
    });
    return paceOf((await world.report()).requests, Number(delay));
  } finally {
    await world.stop();
  }
}
