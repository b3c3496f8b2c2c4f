import { afterAll, beforeAll, expect, test } from "vitest";
import { ReleaseStack } from "../../../lib/stack.ts";
import { closeFinishedRuns } from "../../../workers/close-runs.ts";
import { crawlAll } from "../../../workers/crawl.ts";
import { createParser } from "../../../workers/extract/parser.ts";
import { makeSource } from "../../helpers/articles.ts";
import { countCommands } from "../../helpers/commands.ts";
import { startTestDatabase, type TestDatabase } from "../../helpers/database.ts";
import { listen } from "../../helpers/loopback.ts";
import { measured } from "../../helpers/measured.ts";
import { startTestRedis, type TestRedis } from "../../helpers/redis.ts";
import { openWorker, takeTurns } from "../../helpers/worker.ts";

/** Sources that are polled at the same time, each on a host of its own. */
const SOURCES = 16;
/** Round trips to the database that a poll may cost: one by one they were 26. */
const BOUND = 4;
const ADDRESS = "127.1.77.11";
const FEED = `<?xml version="1.0"?><rss version="2.0"><channel><title>News</title><item><title>Old</title>
<link>http://elsewhere.example/old</link><pubDate>Mon, 05 Jan 2015 10:00:00 GMT</pubDate></item></channel></rss>`;

const idOf = (name: string) => name.replace(".example", "");

let database: TestDatabase;
let redis: TestRedis;
const stack = new ReleaseStack();
beforeAll(async () => {
  database = await startTestDatabase(import.meta.filename);
  stack.add("database", () => database.close());
  redis = await startTestRedis();
  stack.add("redis", () => redis.close());
});
afterAll(() => stack.close());

test("polls of unchanged sources share their round trips, and each gets its run and its next time", async () => {
  const server = await listen(ADDRESS, (request, response) => {
    if (request.url !== "/feed") response.writeHead(404).end();
    else if (request.headers["if-none-match"] === '"1"') response.writeHead(304).end();
    else response.setHeader("etag", '"1"').end(FEED);
  });
  stack.add("server", () => server.close());
  const counted = await countCommands(await database.open("polls"));
  stack.add("store", () => counted.close());
  const parser = createParser(1, []);
  stack.add("parser", () => parser.close());
  const names = Array.from({ length: SOURCES }, (_, n) => `site-${n}.example`);
  const worker = await openWorker({
    store: counted.store,
    redisUrl: redis.url,
    parser,
    sites: Object.fromEntries(names.map((name) => [name, ADDRESS])),
    name: import.meta.filename,
    addressConcurrency: SOURCES,
    cacheMs: 60_000,
  });
  stack.add("line", () => worker.close());
  const { deps } = worker;
  const { sources, runs } = counted.store.collections;
  await sources.insertMany(
    names.map((name) => ({
      ...makeSource(idOf(name), { feeds: [`http://${name}:${server.port}/feed`] }),
      pace: { delay: 0, concurrency: 1 },
    })),
  );
  const pollAll = async () => {
    const nextDueAt = new Date(deps.now().getTime() - 1000);
    await sources.updateMany({}, { $set: { nextDueAt } });
    counted.reset();
    await crawlAll(
      deps,
      names.map((name) => ({ sourceId: idOf(name), trigger: "schedule" })),
    );
    await Promise.all(names.map((name) => takeTurns(worker, `${name}:${server.port}`)));
    expect(await closeFinishedRuns(deps)).toBe(SOURCES);
    return counted.commands().length / SOURCES;
  };
  await pollAll();
  const each = await pollAll();
  measured(`${each.toFixed(2)} round trips to the database per poll, ${SOURCES} sources at once`);
  expect(each).toBeLessThanOrEqual(BOUND);
  const polls = await runs.find({ first: false }).toArray();
  expect(polls).toHaveLength(SOURCES);
  const one = { counts: { entryPoints: 1, http: 1, links: 0 }, traffic: { requests: 1, bytes: 0 } };
  for (const run of polls) expect(run).toMatchObject({ open: false, ...one });
  const after = await sources.find().toArray();
  for (const source of after) {
    expect(source).toMatchObject({ openRunId: null, failures: 0, lastProblem: null });
    expect(source.nextDueAt?.getTime()).toBeGreaterThan(Date.now());
  }
}, 60_000);
