import { Redis } from "ioredis";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { sequence } from "../../articles/stream/sequencer.ts";
import { ReleaseStack } from "../../lib/async.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS } from "../../lib/time.ts";
import { dueHosts } from "../../store/crawl/hosts.ts";
import { dueSources } from "../../store/sources/sources.ts";
import type { Store } from "../../store/store.ts";
import { crawl } from "../../workers/crawl/open-runs.ts";
import { tick } from "../../workers/schedule/tick.ts";
import { makeSource } from "../helpers/articles.ts";
import { resetStore, startTestDatabase, type TestDatabase } from "../helpers/database.ts";
import { sharedParser } from "../helpers/parser.ts";
import { startTestRedis, type TestRedis } from "../helpers/redis.ts";
import { articlePage, feedOf, holdPage, openSite, type TestSite } from "../helpers/site.ts";
import { SITES } from "../helpers/watched-site.ts";
import { openWorker, type TestWorker, takeTurns } from "../helpers/worker.ts";

const PATHS = ["/a", "/b", "/c", "/d", "/e"];
/** How far the clock goes on between two rounds, ms. */
const ROUND_MS = 10 * MINUTE_MS;
/** From one visit of the source to the next. */
const INTERVAL_MS = HOUR_MS;

let database: TestDatabase;
let redisServer: TestRedis;
let redis: Redis;
let store: Store;
let site: TestSite;
beforeAll(async () => {
  [database, redisServer] = await Promise.all([
    startTestDatabase(import.meta.filename),
    startTestRedis(),
  ]);
  redis = new Redis(redisServer.url);
  store = await database.open("clocks");
  site = await openSite("one.example", SITES["one.example"]);
});
afterAll(async () => {
  redis?.disconnect();
  await Promise.all([site?.close(), redisServer?.close(), database?.close()]);
});

async function openScene(): Promise<void> {
  await resetStore(store);
  await redis.flushall();
  site.pages["/feed"] = feedOf(PATHS.map((path) => site.at(path)));
  for (const path of PATHS) site.pages[path] = articlePage(`Title of ${path}`);
  const source = makeSource("s1", { feeds: [site.at("/feed")], nextDueAt: new Date(1000) });
  source.pace = { delay: 0, concurrency: 1 };
  source.schedule = { timezone: "UTC", every: INTERVAL_MS };
  await store.collections.sources.insertOne(source);
}

/** What schedule and queues do. */
async function goRound(worker: TestWorker): Promise<void> {
  const { deps } = worker;
  for (const { _id, openRunId } of await dueSources(deps.store, deps.now(), 10)) {
    if (!openRunId) await crawl(deps, [{ sourceId: _id }]);
  }
  await tick(deps);
  for (const { _id: host } of await dueHosts(deps.store, "http", deps.now(), 10)) {
    await takeTurns(worker, host, 0, "http", 500);
  }
  await sequence(deps.store, deps.now());
}

const runs = () => store.collections.runs.find().sort({ startedAt: 1 }).toArray();

/** Goes on until so many runs are closed; ms that the clock went on meanwhile. */
async function closeRuns(worker: TestWorker, count: number): Promise<number> {
  const began = Number(worker.deps.now());
  for (let rounds = 0; rounds < 400; rounds++) {
    await goRound(worker);
    if ((await runs()).filter(({ open }) => !open).length >= count) {
      return Number(worker.deps.now()) - began;
    }
    worker.advance(ROUND_MS);
  }
  throw new Error(`runs stay open: ${JSON.stringify(await runs())}`);
}

describe.each([
  ["an hour forwards", HOUR_MS],
  ["a day forwards", DAY_MS],
  ["an hour backwards", -HOUR_MS],
  ["a day backwards", -DAY_MS],
])("a run in the midst of which the clock jumps %s", (_, jump) => {
  test("stores each article once, and looks again in time", async () => {
    await openScene();
    const stack = new ReleaseStack();
    try {
      const worker = await openWorker({
        store,
        redisUrl: redisServer.url,
        parser: sharedParser(),
        sites: SITES,
        name: `jump-${jump}`,
      });
      stack.add("worker", () => worker.close());
      const { articles, revisions, changes, links } = store.collections;
      const held = holdPage(articlePage("Title of /c"));
      site.pages["/c"] = held.page;
      const round = goRound(worker);
      await held.requests;
      await vi.waitUntil(async () => (await articles.countDocuments()) > 0, { timeout: 4000 });
      expect(await articles.countDocuments()).toBeLessThan(PATHS.length);
      worker.advance(jump);
      held.answer();
      await round;

      const back = Math.max(0, -jump);
      expect(await closeRuns(worker, 1)).toBeLessThanOrEqual(back + HOUR_MS);
      expect(await closeRuns(worker, 2)).toBeLessThanOrEqual(back + 2 * INTERVAL_MS);
      worker.advance(back + MINUTE_MS);
      while ((await sequence(store, worker.deps.now())) > 0);

      const urls = (await articles.find().toArray()).map(({ url }) => new URL(url).pathname);
      expect(urls.toSorted()).toEqual(PATHS);
      expect(await revisions.countDocuments()).toBe(PATHS.length);
      expect(await links.countDocuments({ state: "dead-letter" })).toBe(0);
      const seqs = (await changes.find().sort({ seq: 1 }).toArray()).map(({ seq }) => seq);
      expect(seqs).toEqual(PATHS.map((_path, index) => index + 1));
    } finally {
      await stack.close(20_000);
    }
  });
});
