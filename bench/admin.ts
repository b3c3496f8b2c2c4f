import { readdirSync, readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { catchUp } from "../archive/search/index-articles.ts";
import { createParser } from "../articles/reading/parser.ts";
import { plainTable } from "../bin/output.ts";
import { indexOf, searchActions } from "../bin/search-index.ts";
import { startDatabase } from "../bin/services/database.ts";
import { ReleaseStack } from "../lib/async.ts";
import { createProducer } from "../queues/producer.ts";
import { openStore } from "../store/connect.ts";
import type { Store } from "../store/store.ts";
import { makeAdminDeps } from "../test/helpers/admin.ts";
import { type GateOptions, newKey, openGated } from "../test/helpers/gated.ts";
import { startTestRedis } from "../test/helpers/redis.ts";
import { PAGES as ADMIN_PAGES } from "../web/admin/pages.ts";
import { countAttention } from "../web/admin/routes.ts";
import { fillSources } from "./admin/fill.ts";
import { fillMore } from "./admin/more.ts";
import { makeTowns, writeFiles } from "./admin/towns.ts";
import { median } from "./median.ts";
import { treeOf } from "./proc.ts";

const quiet = { debug() {}, info() {}, warn() {} };
const SMALL_STORE_ARTICLES = 1000;
/**
 * Maximum CPU time of a page, ms (`page`), and maximum ratio of a page's cost in the larger store
 * to its cost in the smaller one (`ratio`).
 */
const BARS = { page: 150, ratio: 1.5 };
/**
 * The growth of a page's cost counts only if the page takes more CPU time than this in the larger
 * store.
 */
const NEGLIGIBLE_CPU_MS = 15;

/** A page that isn't listed is requested without a query string. */
const PAGE_QUERIES: Record<string, string[]> = {
  "/admin/find": ["", "?q=town", "?q=article-7", "?q=lamps+harbour", "?q=settings"],
  "/admin/sources": ["", "?page=9", "?state=failing"],
  "/admin/source": ["?id=town-0"],
  "/admin/source/edit": ["?id=town-0"],
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
  "/admin/articles": ["", "?source=source-7", "?topic=ai"],
  "/admin/article": ["?article=article-7"],
  "/admin/edit": ["?article=article-7"],
  "/admin/corrections": ["", "?article=article-7"],
  "/admin/stories": ["?id=article-7"],
  "/admin/revisions": ["?article=article-7"],
  "/admin/provenance": ["?article=article-7", "?article=article-7&field=title"],
  "/admin/search": ["", "?q=lamps+harbour"],
};
/** Name of a measurement. The server counts these numbers every ten seconds. */
const ATTENTION = "numbers of the navigation";
const PAGES = ADMIN_PAGES.map(({ path }) => path).flatMap((page) =>
  (PAGE_QUERIES[page] ?? [""]).map((query) => page + query),
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

/** Median cost of a page, ms. `cpu` includes the server's database. */
interface Cost {
  cpu: number;
  clock: number;
}

async function costsOf(store: Store, given: GateOptions): Promise<Map<string, Cost>> {
  const app = await openGated(store, { ...given, perMinute: 1_000_000 });
  const headers = {
    authorization: `Bearer ${await newKey(store, "admin")}`,
    accept: "text/html",
  };
  const pids = treeOf(process.pid);
  const took = new Map<string, Cost[]>();
  const measure = async (name: string, work: () => Promise<unknown>) => {
    const [cpu, since] = [cpuOf(pids), performance.now()];
    await work();
    const cost = { cpu: cpuOf(pids) - cpu, clock: performance.now() - since };
    took.set(name, [...(took.get(name) ?? []), cost]);
  };
  for (let round = 0; round < (rounds ?? 9); round++) {
    await measure(ATTENTION, () => countAttention(makeAdminDeps(store, given)));
    for (const url of PAGES) {
      // The server counts the navigation's numbers every ten seconds. This unmeasured request pays
      // for the count.
      await app.inject({ url: "/admin/find", headers });
      await measure(url, async () => {
        const { statusCode } = await app.inject({ url, headers });
        if (statusCode !== 200) throw new Error(`${url} answered ${statusCode}`);
      });
    }
  }
  await app.close();
  const medians = [...took].map(([name, costs]): [string, Cost] => [
    name,
    { cpu: median(costs.map(({ cpu }) => cpu)), clock: median(costs.map(({ clock }) => clock)) },
  ]);
  return new Map(medians);
}

/** Returns the CPU time of these processes so far, ms. */
function cpuOf(pids: readonly number[]): number {
  const threads = pids.flatMap((pid) =>
    readdirSync(`/proc/${pid}/task`).map((thread) => `/proc/${pid}/task/${thread}/schedstat`),
  );
  return threads.reduce((sum, path) => sum + Number.parseInt(readFileSync(path, "utf8")) / 1e6, 0);
}

const dataDir = await mkdtemp(join(tmpdir(), "newsgather-bench-admin-"));
const stack = new ReleaseStack();
stack.add("folder", () => rm(dataDir, { recursive: true, force: true }));
try {
  const database = await startDatabase({ dataDir, log: quiet });
  stack.add("database", () => database.stop());
  const redis = await startTestRedis();
  stack.add("redis", () => redis.close());
  const producer = createProducer({ redisUrl: redis.url, prefix: "admin" });
  stack.add("producer", () => producer.close());
  await producer.ready();
  const parser = createParser(1, []);
  stack.add("parser", () => parser.close());
  const sourcesDir = join(dataDir, "sources");
  const towns = makeTowns(sources ?? 1000);
  await writeFiles(sourcesDir, towns);
  const given = { sourcesDir, producer, openParser: () => Promise.resolve(parser) };
  const measured = [];
  for (const size of [SMALL_STORE_ARTICLES, articles ?? 100_000]) {
    const store = await openStore(database.url, { database: `admin-${measured.length}` });
    await fillSources(store, { towns, articles: size });
    await fillMore(store, size);
    const index = indexOf({ dataDir: join(dataDir, String(measured.length)) });
    await catchUp({ store, index, now: () => new Date(), keepArticles: null });
    measured.push(await costsOf(store, { ...given, search: searchActions(index) }));
    await index.close();
    await store.close();
  }
  const [few, many] = measured;
  const rows = [ATTENTION, ...PAGES].map((page) => {
    const small = few?.get(page)?.cpu ?? Number.NaN;
    const { cpu: large, clock } = many?.get(page) ?? { cpu: Number.NaN, clock: Number.NaN };
    const over = large > BARS.page || (large > NEGLIGIBLE_CPU_MS && large > small * BARS.ratio);
    return { page, small, large, ratio: large / small, clock, over };
  });
  if (values.json) console.log(JSON.stringify({ articles, sources, rows }));
  else {
    const cells = rows.map(({ page, small, large, ratio, clock, over }) => [
      page,
      small.toFixed(1),
      large.toFixed(1),
      ratio.toFixed(2),
      clock.toFixed(1),
      over ? "over" : "",
    ]);
    const head = [
      "page",
      `CPU ms, ${SMALL_STORE_ARTICLES} articles`,
      `CPU ms, ${articles}`,
      "ratio",
      "clock",
      "",
    ];
    console.log(plainTable(head, cells));
  }
  process.exitCode = rows.some(({ over }) => over) ? 1 : 0;
} finally {
  await stack.close();
}
