import { afterAll, beforeAll, expect, test } from "vitest";
import { ReleaseStack } from "../../lib/async.ts";
import type { Run } from "../../model/crawl/outcome.ts";
import type { SourceRecord } from "../../model/sources/source.ts";
import { crawl } from "../../workers/crawl/open-runs.ts";
import { closeFinishedRuns } from "../../workers/schedule/close-runs.ts";
import { makeSource } from "../helpers/articles.ts";
import { countCommands } from "../helpers/commands.ts";
import { startTestDatabase } from "../helpers/database.ts";
import { listen } from "../helpers/loopback.ts";
import { measured } from "../helpers/measured.ts";
import { sharedParser } from "../helpers/parser.ts";
import { startTestRedis } from "../helpers/redis.ts";
import { openWorker, takeTurns } from "../helpers/worker.ts";

/** Sources that are polled at the same time, each on a host of its own. */
const SOURCES = 16;
/** Round trips to the database that a poll may cost: one by one they were 26. */
const BOUND = 4;
const ADDRESS = "127.1.77.11";
const FEED = `<?xml version="1.0"?><rss version="2.0"><channel><title>News</title><item><title>Old</title>
<link>http://elsewhere.example/old</link><pubDate>Mon, 05 Jan 2015 10:00:00 GMT</pubDate></item></channel></rss>`;

const idOf = (name: string) => name.replace(".example", "");

const stack = new ReleaseStack();
/** Runs that each of the two polls closed. */
const closed: number[] = [];
let each: number;
let polls: Run[];
let polled: SourceRecord[];
beforeAll(async () => {
  const database = await startTestDatabase(import.meta.filename);
  stack.add("database", () => database.close());
  const redis = await startTestRedis();
  stack.add("redis", () => redis.close());
  const server = await listen(ADDRESS, (request, response) => {
    if (request.url !== "/feed") response.writeHead(404).end();
    else if (request.headers["if-none-match"] === '"1"') response.writeHead(304).end();
    else response.setHeader("etag", '"1"').end(FEED);
  });
  stack.add("server", () => server.close());
  const counted = await countCommands(await database.open("polls"));
  stack.add("store", () => counted.close());
  const parser = sharedParser();
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
  stack.add("worker", () => worker.close());
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
    await crawl(
      deps,
      names.map((name) => ({ sourceId: idOf(name) })),
    );
    await Promise.all(names.map((name) => takeTurns(worker, `${name}:${server.port}`)));
    closed.push(await closeFinishedRuns(deps));
    return counted.commands().length / SOURCES;
  };
  await pollAll();
  each = await pollAll();
  polls = await runs.find({ first: false }).toArray();
  polled = await sources.find().toArray();
});
afterAll(() => stack.close());

test("polls of unchanged sources at the same time share their round trips to the database", () => {
  measured(`${each.toFixed(2)} round trips to the database per poll, ${SOURCES} sources at once`);
  expect(each).toBeLessThanOrEqual(BOUND);
});

test("each poll is a run of its own that closes", () => {
  expect(closed).toEqual([SOURCES, SOURCES]);
  expect(polls).toHaveLength(SOURCES);
  for (const run of polls) expect(run).toMatchObject({ open: false });
});

test("the run of a poll counts its one request and no link", () => {
  const counts = { entryPoints: 1, http: 1, links: 0 };
  for (const run of polls)
    expect(run).toMatchObject({ counts, traffic: { requests: 1, bytes: 0 } });
});

test("a polled source has no open run and no problem", () => {
  for (const source of polled) {
    expect(source).toMatchObject({ openRunId: null, failures: 0, lastProblem: null });
  }
});

test("a polled source has its next time", () => {
  for (const { nextDueAt } of polled) expect(nextDueAt?.getTime()).toBeGreaterThan(Date.now());
});
