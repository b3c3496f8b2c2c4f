import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { plainTable } from "../bin/output.ts";
import { startDatabase } from "../bin/services/database.ts";
import { openStore } from "../store/connect.ts";
import { fillPublished } from "./publish/fill.ts";
import { headPages, uncachedChanges } from "./publish/measure.ts";

const quiet = { debug() {}, info() {}, warn() {} };
const SMALL_STORE_ARTICLES = 1000;
/**
 * Limits. `head` is the 99th percentile of the response times of the most requested pages, ms;
 * `changes` is the same percentile for uncached pages of the stream, ms. `ratio` is the uncached
 * pages' median in the larger store divided by their median in the smaller one.
 */
const BARS = { head: 25, changes: 40, ratio: 1.5 };

const { values } = parseArgs({
  options: {
    articles: { type: "string", default: "100000" },
    clients: { type: "string", default: "20" },
    long: { type: "string", default: "0" },
    seconds: { type: "string", default: "30" },
    json: { type: "boolean", default: false },
  },
});
const many = Number(values.articles);
const asked = { clients: Number(values.clients), seconds: Number(values.seconds) };

const dataDir = await mkdtemp(join(tmpdir(), "newsgather-bench-publish-"));
const database = await startDatabase({ dataDir, log: quiet });
try {
  const small = await openStore(database.url, { database: "small" });
  await fillPublished(small, SMALL_STORE_ARTICLES);
  const store = await openStore(database.url, { database: "large" });
  const began = Date.now();
  await fillPublished(store, many, Number(values.long));
  console.error(`${many} articles, ${Math.round((Date.now() - began) / 1000)} s`);
  const [few, changes] = await uncachedChanges([
    { store: small, changes: SMALL_STORE_ARTICLES },
    { store, changes: many },
  ]);
  await small.close();
  const pages = await headPages(store, asked);
  await store.close();
  if (!few || !changes) throw new Error("a store was not measured");
  const ratio = changes.median / few.median;
  const rows = [
    ...pages.map(({ path, ...rest }) => ({ path, ...rest, bar: BARS.head })),
    { path: `/v1/changes?limit=100, uncached`, ...changes, bar: BARS.changes },
    { path: `the same, ${SMALL_STORE_ARTICLES} articles`, ...few, bar: BARS.changes },
  ];
  const rssMb = Math.round(process.memoryUsage.rss() / 1e6);
  if (values.json) console.log(JSON.stringify({ articles: many, ...asked, rows, ratio, rssMb }));
  else {
    const cells = rows.map(({ path, count, median, p99, bar }) => [
      path,
      count,
      median.toFixed(1),
      p99.toFixed(1),
      bar,
    ]);
    console.log(plainTable(["asked", "answers", "median ms", "p99 ms", "bar ms"], cells));
    console.log(
      `uncached: ${ratio.toFixed(2)} times the median of ${SMALL_STORE_ARTICLES} articles (bar ${BARS.ratio}); ${rssMb} MB`,
    );
  }
  const over = rows.some(({ p99, bar }) => p99 > bar) || ratio > BARS.ratio;
  process.exitCode = over ? 1 : 0;
} finally {
  await database.stop();
  await rm(dataDir, { recursive: true, force: true });
}
