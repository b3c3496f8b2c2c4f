import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { runLine } from "./line/run.ts";
import { median } from "./median.ts";
import { memoryOf } from "./proc.ts";
import { startScaledWorld } from "./world/start.ts";

/**
 * Measures the memory of the HTTP worker over a long crawl, MB: its peak, and how much more it uses
 * during the last tenth of the articles than after the first 2,000. The two levels are medians of
 * samples every two seconds.
 *
 *     node dist/bench/memory.js [--articles N] [--sites N] [--json]
 */
const { values } = parseArgs({
  options: {
    articles: { type: "string", default: "20000" },
    sites: { type: "string", default: "40" },
    json: { type: "boolean", default: false },
  },
});
const wanted = Number(values.articles);
/** The worker's memory reaches its working level after this many. */
const WARM_UP_ARTICLES = Math.min(2000, wanted / 5);

const dir = await mkdtemp(join(tmpdir(), "newsgather-bench-"));
const world = await startScaledWorld(join(dir, "world"), [
  "--sites",
  values.sites,
  "--articles",
  values.articles,
]);
const seen: { stored: number; mb: number }[] = [];
try {
  const { processes, stored } = await runLine(world, {
    dir,
    sites: Number(values.sites),
    look: () => Promise.resolve(),
    async watch(store, pids) {
      const pid = pids.get("http");
      const mb = pid === undefined ? null : memoryOf(pid);
      if (mb !== null)
        seen.push({ stored: await store.collections.articles.estimatedDocumentCount(), mb });
    },
  });
  const peak = processes.find(({ name }) => name === "http")?.peak ?? Number.NaN;
  const within = (from: number, to: number) =>
    median(seen.filter((one) => one.stored >= from && one.stored <= to).map(({ mb }) => mb));
  const [early, late] = [
    within(WARM_UP_ARTICLES, 1.5 * WARM_UP_ARTICLES),
    within(0.9 * wanted, wanted),
  ];
  if (values.json) console.log(JSON.stringify({ articles: stored, peak, growth: late - early }));
  else {
    console.log(
      `HTTP worker over ${stored} articles: peak ${peak.toFixed(0)} MB, ` +
        `${early.toFixed(0)} MB after ${WARM_UP_ARTICLES}, ${late.toFixed(0)} MB in the last tenth`,
    );
  }
} finally {
  await world.stop();
  await rm(dir, { recursive: true, force: true });
}
