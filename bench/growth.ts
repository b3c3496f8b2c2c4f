import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { plainTable } from "../bin/output.ts";
import { startDatabase } from "../bin/services/database.ts";
import { loadConfig, processEnv } from "../config/env.ts";
import { openStore } from "../store/connect.ts";
import { type Polls, startPolls } from "./growth/poll.ts";
import { median } from "./median.ts";
import { PREFILL_DB, prefill } from "./prefill.ts";
import { storePages } from "./prefill-pages.ts";
import { usageOf } from "./proc.ts";

/**
 * Measures whether an article costs more in a larger archive, and whether a poll costs more if
 * there are more sources. Shows the CPU ms of this process and of the services. The sizes
 * alternate; the result is the median of the rounds after a warm-up.
 *
 * node dist/bench/growth.js [--articles 1000,200000] [--sources 100,10000] [--rounds 5] [--each
 * 200] [--json]
 *
 * Archives are created once and kept in the data folder (`npm run bench:prefill`).
 */
const { values } = parseArgs({
  options: {
    articles: { type: "string", default: "1000,200000" },
    sources: { type: "string", default: "100,10000" },
    rounds: { type: "string", default: "5" },
    each: { type: "string", default: "200" },
    json: { type: "boolean", default: false },
  },
});
const quiet = { debug() {}, info() {}, warn() {} };
const rounds = Number(values.rounds);
/** They fill caches and let V8 compile the code that runs often. */
const WARM_UP_ROUNDS = 4;
/** One poll is too short: the CPU time of other processes is measured in steps of 10 ms. */
const POLLS_PER_ROUND = 3;
const each = Number(values.each);

/** CPU time per unit of work, ms, of this process and of the services. */
interface Cost {
  own: number;
  database: number;
  redis: number;
}

interface Services {
  database: number;
  redis?: number;
}

interface Subject {
  what: string;
  size: number;
  round(): Promise<Cost>;
  close(): Promise<void>;
  costs: Cost[];
}

const dir = await mkdtemp(join(tmpdir(), "newsgather-bench-"));
const subjects: Subject[] = [];
try {
  for (const size of sizesOf(values.articles)) subjects.push(await archive(size));
  for (const size of sizesOf(values.sources)) subjects.push(await sources(size));
  for (let round = -WARM_UP_ROUNDS; round < rounds; round++) {
    for (const subject of subjects) {
      const cost = await subject.round();
      if (round >= 0) subject.costs.push(cost);
      console.error(`round ${round}: ${subject.what} at ${subject.size}`);
    }
  }
  report();
} finally {
  for (const subject of subjects) await subject.close();
  await rm(dir, { recursive: true, force: true });
}

function sizesOf(text: string): number[] {
  return text.split(",").filter(Boolean).map(Number);
}

async function costOf(
  services: Services,
  count: number,
  work: () => Promise<unknown>,
): Promise<Cost> {
  const cpuOf = (pid?: number) => (pid === undefined ? 0 : (usageOf(pid)?.cpu ?? 0) * 1000);
  const there = { database: cpuOf(services.database), redis: cpuOf(services.redis) };
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return {
    own: (user + system) / 1000 / count,
    database: (cpuOf(services.database) - there.database) / count,
    redis: (cpuOf(services.redis) - there.redis) / count,
  };
}

async function archive(size: number): Promise<Subject> {
  const { dataDir } = loadConfig(processEnv());
  const kept = await prefill(size, resolve(dataDir, "bench"));
  const copy = join(dir, `archive-${size}`);
  await cp(kept, copy, { recursive: true });
  const database = await startDatabase({ dataDir: copy, log: quiet });
  const store = await openStore(database.url, { database: PREFILL_DB });
  let stored = size;
  return {
    what: "CPU ms per article stored, archive",
    size,
    costs: [],
    async round() {
      const cost = await costOf({ database: database.pid }, each, () =>
        storePages(store, stored, each),
      );
      stored += each;
      return cost;
    },
    async close() {
      await store.close();
      await database.stop();
    },
  };
}

async function sources(size: number): Promise<Subject> {
  const polls: Polls = await startPolls(join(dir, `sources-${size}`), size);
  return {
    what: "CPU ms per poll of an unchanged source, sources",
    size,
    costs: [],
    async round() {
      const { atOnce, databasePid, redisPid } = polls;
      const services = { database: databasePid, redis: redisPid };
      return costOf(services, POLLS_PER_ROUND * atOnce, async () => {
        for (let n = 0; n < POLLS_PER_ROUND; n++) await polls.round();
      });
    },
    close: () => polls.close(),
  };
}

function report(): void {
  const rows = subjects.map(({ what, size, costs }) => {
    const of = (part: "own" | "database" | "redis") => median(costs.map((cost) => cost[part]));
    return { what, size, own: of("own"), database: of("database"), redis: of("redis") };
  });
  if (values.json) return console.log(JSON.stringify(rows));
  const cells = rows.map(({ what, size, own, database, redis }) => {
    const least = rows.find((row) => row.what === what) ?? { own, database, redis };
    const ratio = (own + database + redis) / (least.own + least.database + least.redis);
    const ms = [own, database, redis].map((one) => one.toFixed(2));
    return [what, size, ...ms, `${(own / least.own).toFixed(2)} x`, `${ratio.toFixed(2)} x`];
  });
  console.log(
    plainTable(["measured", "size", "own", "database", "redis", "own of the least", "all"], cells, {
      right: [1, 2, 3, 4, 5, 6],
    }),
  );
}
