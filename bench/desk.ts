import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { createParser } from "../articles/reading/parser.ts";
import { plainTable } from "../bin/output.ts";
import { startDatabase } from "../bin/services/database.ts";
import { ReleaseStack } from "../lib/stack.ts";
import { createProducer } from "../queues/producer.ts";
import { openStore } from "../store/connect.ts";
import type { Store } from "../store/store.ts";
import { type GateOptions, newKey, openGated } from "../test/helpers/gated.ts";
import { startTestRedis } from "../test/helpers/redis.ts";
import { PAGES as ADMIN_PAGES } from "../web/admin/pages.ts";
import { fillDesk } from "./desk/fill.ts";
import { fillMore } from "./desk/more.ts";
import { makeTowns, writeFiles } from "./desk/towns.ts";

const quiet = { debug() {}, info() {}, warn() {} };
/** The smaller store that costs are compared with, in articles. */
const SMALL = 1000;
/** What may not be exceeded: server time of a page, ms, and its growth. */
const BARS = { page: 150, ratio: 1.5 };
/** Below this a page is fast enough that its growth says nothing, ms. */
const FAST = 15;

/** What pages are asked about, where they ask for that. */
const ABOUT: Record<string, string[]> = {
  "/admin/sources": ["", "?page=9", "?state=failing"],
  "/admin/source": ["?id=town-0"],
  "/admin/schedule": ["", "?page=9"],
  "/admin/preview": ["?id=p-7"],
  "/admin/selector-picker": [
    "?source=town-0&field=title",
    "?source=town-0&field=title&selector=h1",
  ],
  "/admin/runs": ["", "?source=town-0"],
  "/admin/run": ["?id=town-0-1"],
  "/admin/versions": ["?source=town-0"],
  "/admin/coverage": ["", "?source=town-0"],
  "/admin/why": [`?url=${encodeURIComponent("https://cities.example/news/article-7")}`],
  "/admin/inbox": ["", "?show=published"],
  "/admin/edit": ["?article=article-7"],
  "/admin/stories": ["?id=article-7"],
  "/admin/revisions": ["?article=article-7"],
  "/admin/provenance": ["?article=article-7"],
};
/** Every operators' page; new pages are included automatically. */
const PAGES = ADMIN_PAGES.map(({ path }) => path).flatMap((page) =>
  (ABOUT[page] ?? [""]).map((query) => page + query),
);

const { values } = parseArgs({
  options: {
    articles: { type: "string", default: "100000" },
    sources: { type: "string", default: "1000" },
    rounds: { type: "string", default: "9" },
    json: { type: "boolean", default: false },
  },
});
const [articles, sources, rounds] = [values.articles, values.sources, values.rounds].map(Number);

/** Median server time of each page, ms. */
async function timesOf(store: Store, given: GateOptions): Promise<Map<string, number>> {
  const app = await openGated(store, { ...given, perMinute: 1_000_000 });
  const took = new Map<string, number[]>();
  app.addHook("onResponse", async ({ url }, reply) => {
    took.set(url, [...(took.get(url) ?? []), reply.elapsedTime]);
  });
  const headers = {
    authorization: `Bearer ${await newKey(store, "admin")}`,
    accept: "text/html",
  };
  for (let round = 0; round < (rounds ?? 9); round++) {
    for (const url of PAGES) {
      const { statusCode } = await app.inject({ url, headers });
      if (statusCode !== 200) throw new Error(`${url} answered ${statusCode}`);
    }
  }
  await app.close();
  return new Map(PAGES.map((page) => [page, medianOf(took.get(page) ?? [])]));
}

function medianOf(all: number[]): number {
  return all.toSorted((a, b) => a - b)[Math.floor(all.length / 2)] ?? Number.NaN;
}

const dataDir = await mkdtemp(join(tmpdir(), "newsgather-bench-desk-"));
const stack = new ReleaseStack();
stack.add("folder", () => rm(dataDir, { recursive: true, force: true }));
try {
  const database = await startDatabase({ dataDir, log: quiet });
  stack.add("database", () => database.stop());
  const redis = await startTestRedis();
  stack.add("redis", () => redis.close());
  const producer = createProducer({ redisUrl: redis.url, prefix: "desk" });
  stack.add("producer", () => producer.close());
  await producer.ready();
  const parser = createParser(1, []);
  stack.add("parser", () => parser.close());
  const sourcesDir = join(dataDir, "sources");
  const towns = makeTowns(sources ?? 1000);
  await writeFiles(sourcesDir, towns);
  const given = { sourcesDir, producer, parserAt: () => Promise.resolve({ parser }) };
  const measured = [];
  for (const size of [SMALL, articles ?? 100_000]) {
    const store = await openStore(database.url, { database: `desk-${measured.length}` });
    await fillDesk(store, { towns, articles: size });
    await fillMore(store, size);
    measured.push(await timesOf(store, given));
    await store.close();
  }
  const [few, many] = measured;
  const rows = PAGES.map((page) => {
    const [small = Number.NaN, large = Number.NaN] = [few?.get(page), many?.get(page)];
    const over = large > BARS.page || (large > FAST && large > small * BARS.ratio);
    return { page, small, large, ratio: large / small, over };
  });
  if (values.json) console.log(JSON.stringify({ articles, sources, rows }));
  else {
    const cells = rows.map(({ page, small, large, ratio, over }) => [
      page,
      small.toFixed(1),
      large.toFixed(1),
      ratio.toFixed(2),
      over ? "over" : "",
    ]);
    const head = ["page", `ms at ${SMALL} articles`, `ms at ${articles}`, "ratio", ""];
    console.log(plainTable(head, cells));
  }
  process.exitCode = rows.some(({ over }) => over) ? 1 : 0;
} finally {
  await stack.close();
}
