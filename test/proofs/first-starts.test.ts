import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { afterAll, beforeAll, expect, test } from "vitest";
import { urlKey } from "../../crawler/links/url.ts";
import { TDM_PATH } from "../../crawler/robots/robots.ts";
import { ReleaseStack } from "../../lib/async.ts";
import { ensureHosts } from "../../store/crawl/hosts.ts";
import { addLinks } from "../../store/crawl/links.ts";
import { makeSource } from "../helpers/articles.ts";
import { resetStore, startTestDatabase } from "../helpers/database.ts";
import { makeLink } from "../helpers/links.ts";
import { measured } from "../helpers/measured.ts";
import { sharedParser } from "../helpers/parser.ts";
import { startTestRedis } from "../helpers/redis.ts";
import { isVerify } from "../helpers/size.ts";
import { openWorker, takeTurns } from "../helpers/worker.ts";

const RUNS = isVerify ? 100 : 20;
const DELAY = 100;
const CONCURRENCY = 2;
const GAP = DELAY / CONCURRENCY;
/** Redis counts whole milliseconds. */
const ROUNDING = 1;
const ADDRESS = "127.1.9.1";
const PATHS = ["/a", "/b", "/c"];

/** ms on the clock of the machine, which all its threads and processes share. */
const clock = () => Number(process.hrtime.bigint()) / 1e6;

/**
 * A site with an event loop of its own, so that a busy client doesn't make it late. It notes when it handles a request
 * (`start`), and since when it was idle before: the request came in between.
 */
const SITE = `
const { parentPort } = require("node:worker_threads");
const { createServer } = require("node:http");
const clock = ${clock.toString()};
const seen = [];
let beats = [clock(), clock(), clock()];
setInterval(() => { beats = [...beats.slice(1), clock()]; }, 2);
const server = createServer(({ url }, response) => {
  seen.push({ path: url, start: clock(), from: beats[0] });
  if (url === "/robots.txt") response.end("User-agent: *\\nAllow: /\\n");
  else if (url.startsWith("/.well-known/")) response.writeHead(404).end();
  else setTimeout(() => response.writeHead(200, { "content-type": "text/html" }).end("<h1>Report</h1>"), 60);
});
server.listen(0, "${ADDRESS}", () => parentPort.postMessage(server.address().port));
parentPort.on("message", () => parentPort.postMessage(seen));
`;

interface Seen {
  path: string;
  start: number;
  from: number;
}

const stack = new ReleaseStack();
let runs: { seen: Seen[]; sent: { permittedAt: number; underWayAt: number }[] }[] = [];

/** Two processes with two turns each meet a host that nobody has asked anything, and that allows two requests at once. */
beforeAll(async () => {
  const database = await startTestDatabase(import.meta.filename);
  stack.add("database", () => database.close());
  const redis = await startTestRedis();
  stack.add("redis", () => redis.close());
  const store = await database.open("starts");
  const pace = { delay: DELAY, concurrency: CONCURRENCY };
  for (let run = 0; run < RUNS; run++) {
    await resetStore(store);
    const site = new Worker(SITE, { eval: true });
    const [port] = (await once(site, "message")) as [number];
    const name = `fresh${run}.example`;
    const host = `${name}:${port}`;
    const at = (path: string) => `http://${host}${path}`;
    const source = makeSource("cities", { home: at("/"), render: "http", pace });
    await store.collections.sources.insertOne(source);
    await ensureHosts(store, [{ host, ...pace }]);
    const links = PATHS.map((path, index) => {
      const dueAt = new Date(Date.now() - 10_000 + index);
      return makeLink(urlKey(at(path)), { url: at(path), foundUrl: at(path), host, dueAt });
    });
    await addLinks(store, links);
    const sites = { [name]: ADDRESS };
    const context = { store, redisUrl: redis.url, parser: sharedParser(), sites, cacheMs: 1500 };
    const open = () => openWorker({ ...context, name: `starts${run}` });
    const workers = [await open(), await open()];
    const sent: (typeof runs)[number]["sent"] = [];
    for (const { deps } of workers) {
      const { http } = deps;
      deps.http = {
        ...http,
        get: (request) => {
          const start = async () => {
            const begun = await request.start?.();
            const times = { permittedAt: clock(), underWayAt: clock() };
            sent.push(times);
            return () => {
              times.underWayAt = clock();
              begun?.();
            };
          };
          return http.get({ ...request, start });
        },
      };
    }
    const turns = workers.flatMap((worker) => [0, 1].map((turn) => takeTurns(worker, host, turn)));
    await Promise.all(turns);
    site.postMessage("what came", []);
    const [seen] = (await once(site, "message")) as [Seen[]];
    runs.push({ seen, sent });
    await Promise.all(workers.map((worker) => worker.close()));
    await site.terminate();
  }
}, 450_000);
afterAll(() => stack.close());

/** The gaps between each request of a run and the one before it. */
const gapsBetween = <T>(all: readonly T[], begin: (one: T) => number, end: (one: T) => number) =>
  all.slice(1).map((one, index) => begin(one) - end(all[index] as T));
const isShort = (gap: number) => gap < GAP - ROUNDING;

test("two processes ask a new host for robots.txt and tdmrep.json once each, before any page", () => {
  for (const { seen } of runs) {
    expect(seen.slice(0, 2).map(({ path }) => path)).toEqual(["/robots.txt", TDM_PATH]);
    expect(seen.slice(2).map(({ path }) => path)).toEqual(expect.arrayContaining(PATHS));
    expect(seen).toHaveLength(2 + PATHS.length);
  }
});

test("by the site's clock the first two requests start a gap apart in 100 of 100 fresh runs", () => {
  const gaps = runs.map(
    ({ seen: [first, second] }) => Number(second?.start) - Number(first?.start),
  );
  measured(
    `${RUNS} fresh runs: the first two starts at least ${Math.min(...gaps).toFixed(1)} ms apart`,
  );
  expect(gaps).toHaveLength(RUNS);
  expect(gaps.filter(isShort)).toEqual([]);
});

test("by the client's clock every two requests start a gap apart", () => {
  const short = runs.flatMap(({ sent }) => {
    const inTurn = sent.toSorted((a, b) => a.permittedAt - b.permittedAt);
    return gapsBetween(
      inTurn,
      (one) => one.permittedAt,
      (one) => one.underWayAt,
    ).filter(isShort);
  });
  expect(short).toEqual([]);
});

test("by the site's clock no request came sooner after the one before it", () => {
  const short = runs.flatMap(({ seen }) =>
    gapsBetween(
      seen,
      ({ start }) => start,
      ({ from }) => from,
    ).filter(isShort),
  );
  expect(short).toEqual([]);
});
