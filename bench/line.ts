import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { plainTable } from "../bin/output.ts";
import type { Store } from "../store/store.ts";
import { cpuPerArticle, type LineRun, runLine } from "./line/run.ts";
import { cpuOf, stepsOf } from "./stages.ts";
import { storedPages } from "./stored-pages.ts";
import { startScaledWorld } from "./world/start.ts";

// Measures the whole pipeline over HTTP on the scaled sample world with the embedded services:
// articles per second, CPU time per article by process and by stage, and peak memory.
const { values } = parseArgs({
  options: {
    articles: { type: "string", default: "1000" },
    sites: { type: "string", default: "40" },
    seed: { type: "string", default: "1" },
    json: { type: "boolean", default: false },
  },
});

interface StageCost {
  stage: string;
  ms: number;
}

const dir = await mkdtemp(join(tmpdir(), "newsgather-bench-"));
const { sites, articles, seed } = values;
const size = ["--sites", sites, "--articles", articles, "--seed", seed];
const world = await startScaledWorld(join(dir, "world"), size);
try {
  report(await runLine(world, { dir, sites: Number(sites), look: stageCosts }));
} finally {
  await world.stop();
  await rm(dir, { recursive: true, force: true });
}

async function stageCosts(store: Store): Promise<StageCost[]> {
  const pages = await storedPages(store, 200);
  const all = (run: (index: number) => void) => () => pages.forEach((_, index) => run(index));
  const steps = await stepsOf(pages);
  for (const { run } of steps) all(run)();
  return steps.map(({ stage, run }) => {
    return { stage, ms: cpuOf(all(run)) / Math.max(1, pages.length) };
  });
}

function report(run: LineRun<StageCost[]>): void {
  const { stored, seconds, ready, processes, found: stages } = run;
  const cpu = cpuPerArticle(run);
  const rate = stored / (seconds - ready);
  if (values.json) {
    console.log(
      JSON.stringify({ articles: stored, seconds, rate, cpuMs: cpu, rows: processes, stages }),
    );
    return;
  }
  const perArticle = (s: number) => ((s * 1000) / stored).toFixed(2);
  console.log(
    plainTable(
      ["process", "CPU ms/article", "of it event loop", "peak MB"],
      processes.map(({ name, cpu: all, main, peak }) => {
        return [name, perArticle(all), perArticle(main), peak.toFixed(0)];
      }),
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
