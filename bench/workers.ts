import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { plainTable } from "../bin/output.ts";
import type { Role } from "../queues/queues.ts";
import { runLine } from "./line/run.ts";
import { startScaledWorld } from "./world/start.ts";

/**
 * Measures whether an article costs more with more HTTP workers: CPU ms per article in all workers,
 * in the rest of Newsgather and in the services, once the first articles are stored and the code is
 * compiled. With `--each`, the numbers of articles and sites are per worker. With `--delay`, hosts
 * allow one request at a time, the given number of ms after the end of the previous one.
 *
 * node dist/bench/workers.js [--workers 1,2,4] [--articles 600] [--sites 24] [--each] [--delay MS]
 * [--json]
 */
const { values } = parseArgs({
  options: {
    workers: { type: "string", default: "1,2,4" },
    articles: { type: "string", default: "600" },
    sites: { type: "string", default: "24" },
    each: { type: "boolean", default: false },
    delay: { type: "string" },
    json: { type: "boolean", default: false },
  },
});
const PARTS = ["http", "scheduler", "api", "database", "redis"] as const;
const WARM_UP_SHARE = 0.5;

/** The CPU time per article that each part uses with `workers` worker processes, ms. */
type Row = { workers: number } & Record<(typeof PARTS)[number], number>;

const rows: Row[] = [];
for (const workers of values.workers.split(",").map(Number)) rows.push(await costWith(workers));
report();

async function costWith(workers: number): Promise<Row> {
  const dir = await mkdtemp(join(tmpdir(), "newsgather-bench-"));
  const times = values.each ? workers : 1;
  const [sites, articles] = [times * Number(values.sites), times * Number(values.articles)];
  const pace = values.delay ? ["--delay", values.delay, "--concurrency", "1"] : [];
  const size = ["--sites", String(sites), "--articles", String(articles), ...pace];
  const world = await startScaledWorld(join(dir, "world"), size);
  try {
    const http = Array.from({ length: workers }, (): Role => "http");
    const { processes, stored, before } = await runLine(world, {
      dir,
      sites,
      roles: ["scheduler", "api", ...http],
      warmUp: WARM_UP_SHARE * articles,
      look: () => Promise.resolve(),
    });
    const of = (part: string) => {
      const own = processes.filter(({ name }) => name === part);
      const used = own.reduce((sum, { cpu, startUp }) => sum + cpu - startUp, 0);
      return (used * 1000) / (stored - before);
    };
    return {
      workers,
      ...(Object.fromEntries(PARTS.map((part) => [part, of(part)])) as Omit<Row, "workers">),
    };
  } finally {
    await world.stop();
    await rm(dir, { recursive: true, force: true });
  }
}

function report(): void {
  if (values.json) return console.log(JSON.stringify(rows));
  const least = rows[0]?.http ?? Number.NaN;
  const cells = rows.map((row) => [
    row.workers,
    ...PARTS.map((part) => row[part].toFixed(1)),
    `${(row.http / least).toFixed(2)} x`,
  ]);
  const heads = ["HTTP workers", ...PARTS, "workers, of the first"];
  console.log(
    plainTable(
      heads,
      cells.map((row) => row.map(String)),
      { right: [1, 2, 3, 4, 5, 6] },
    ),
  );
}
