import { Redis } from "ioredis";
import { Registry } from "prom-client";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { sleep } from "../../../lib/time.ts";
import { ensureHosts } from "../../../store/hosts.ts";
import { openRuns } from "../../../store/runs.ts";
import { getSource } from "../../../store/sources.ts";
import { crawl } from "../../../workers/crawl.ts";
import { schedulerHandlers, turnHandlers } from "../../../workers/handlers.ts";
import { enqueueTurns, tick } from "../../../workers/schedule.ts";
import { runNow } from "../../../workers/sources/hold.ts";
import { startWorkers } from "../../../workers/start.ts";
import { createMeter } from "../../../workers/telemetry/meter.ts";
import { makeSource } from "../../helpers/articles.ts";
import { articlePage, feedOf, type TestSite } from "../../helpers/site.ts";
import { type Services, startServices, type WatchedSite } from "../../helpers/watched-site.ts";
import { takeTurns } from "../../helpers/worker.ts";

const MINUTE = 60_000;
const trigger = "schedule";
const ago = (ms: number) => new Date(Date.now() - ms);

let services: Services;
let redis: Redis;
beforeAll(async () => {
  services = await startServices(import.meta.filename);
  redis = new Redis(services.redisUrl);
});
afterEach(async () => {
  await services.closeSites();
  await redis.flushall();
});
afterAll(async () => {
  redis?.disconnect();
  await services?.close();
});

/** Serves a feed of articles and makes its source due since `dueAt`. */
async function addSource(
  { store }: WatchedSite,
  site: TestSite,
  id: string,
  dueAt: Date,
  articles = 3,
) {
  const paths = Array.from({ length: articles }, (_, n) => `/${id}/${n}`);
  for (const path of paths) site.pages[path] = articlePage(`Report on ${path}`);
  site.pages[`/${id}.rss`] = feedOf(paths.map((path) => site.at(path)));
  const source = makeSource(id, {
    feeds: [site.at(`/${id}.rss`)],
    nextDueAt: dueAt,
    render: "http",
  });
  source.pace = { delay: 20, concurrency: 1 };
  await store.collections.sources.insertOne(source);
  return paths;
}

function openWorkers(
  { deps, prefix }: WatchedSite["worker"],
  handlers: Parameters<typeof startWorkers>[0],
) {
  return startWorkers(handlers, {
    redisUrl: services.redisUrl,
    prefix,
    concurrency: { fetch: 4 },
    stuckAfter: 60_000,
    meter: createMeter(new Registry()),
    log: deps.log,
  });
}

test("a tick enqueues each due source once, whatever waits already, and again after Redis was wiped", async () => {
  const watched = await services.watchSite("tick", []);
  const { deps } = watched.worker;
  for (const id of ["s1", "s2", "s3"]) await addSource(watched, watched.site, id, ago(MINUTE));
  await watched.store.collections.sources.insertMany([
    makeSource("later", { nextDueAt: new Date(Date.now() + MINUTE) }),
    makeSource("running", { nextDueAt: ago(MINUTE), openRunId: "running-1" }),
    makeSource("never"),
  ]);
  const waiting = async () => (await deps.producer.counts())["crawl"]?.["waiting"];
  expect(await tick(deps)).toMatchObject({ crawls: 3 });
  await tick(deps);
  expect(await waiting()).toBe(3);
  await redis.flushall();
  expect(await waiting()).toBe(0);
  await tick(deps);
  expect(await waiting()).toBe(3);
});

test("every host whose turn has come gets a job for each request that it allows at once", async () => {
  const { store, worker } = await services.watchSite("turns", []);
  await store.collections.hosts.deleteMany({});
  await ensureHosts(store, [
    { host: "one.example", delay: 0, concurrency: 3 },
    { host: "two.example", delay: 0, concurrency: 1 },
    { host: "three.example", delay: 0, concurrency: 1 },
  ]);
  const { hosts } = store.collections;
  await hosts.updateOne({ _id: "one.example" }, { $set: { "nextTurnAt.http": ago(1000) } });
  await hosts.updateOne({ _id: "two.example" }, { $set: { "nextTurnAt.browser": ago(1000) } });
  await hosts.updateOne({ _id: "three.example" }, { $set: { "nextTurnAt.http": ago(-MINUTE) } });
  expect(await enqueueTurns(worker.deps)).toBe(4);
  await enqueueTurns(worker.deps);
  const counts = await worker.deps.producer.counts();
  expect(counts).toMatchObject({ fetch: { waiting: 3 }, render: { waiting: 1 } });
  const fetches = worker.deps.producer.queues().find(({ name }) => name === "fetch");
  const [job] = (await fetches?.getWaiting()) ?? [];
  await job?.remove();
  await enqueueTurns(worker.deps);
  const again = await fetches?.getWaiting();
  expect(again).toHaveLength(3);
  expect(again?.map(({ id }) => id)).toContain(job?.id);
});

test("crawls of one source at the same time open one run and ask its feed once", async () => {
  const watched = await services.watchSite("twice", []);
  const { store, site, worker } = watched;
  await addSource(watched, site, "s1", ago(MINUTE));
  const lines = [worker, await watched.openAnotherWorker(), await watched.openAnotherWorker()];
  await Promise.all(lines.map(({ deps }) => crawl(deps, { sourceId: "s1", trigger })));
  const open = await openRuns(store, new Date(), 10);
  expect(open).toHaveLength(1);
  expect(await getSource(store, "s1")).toMatchObject({ openRunId: open[0]?._id });
  expect(await takeTurns(worker, site.host)).toBe("done");
  expect(site.asked.filter((path) => path === "/s1.rss")).toHaveLength(1);
  await tick(worker.deps);
  const source = await getSource(store, "s1");
  expect(source).toMatchObject({ openRunId: null, failures: 0, lastProblem: null });
  expect(source?.lastSuccessAt).toBeInstanceOf(Date);
  expect(await store.collections.runs.find().toArray()).toMatchObject([
    { open: false, first: true, counts: { entryPoints: 1, links: 3, stored: 3, waiting: 0 } },
  ]);
});

test("slots that were missed for hours are one run, the next one is on time", async () => {
  const watched = await services.watchSite("missed", []);
  const { store, site, worker } = watched;
  await addSource(watched, site, "s1", ago(10 * 60 * MINUTE));
  await crawl(worker.deps, { sourceId: "s1", trigger });
  await takeTurns(worker, site.host);
  await tick(worker.deps);
  const source = await getSource(store, "s1");
  const wait = (source?.nextDueAt?.getTime() ?? 0) - Date.now();
  expect(wait).toBeGreaterThan(0);
  expect(wait).toBeLessThanOrEqual(45 * MINUTE);
  expect(await tick(worker.deps)).toMatchObject({ crawls: 0 });
  expect(await store.collections.runs.countDocuments()).toBe(1);
});

test("a source that is paused, retired or not due is left alone by a crawl that still waits", async () => {
  const { store, worker } = await services.watchSite("paused", []);
  await store.collections.sources.insertMany([
    makeSource("paused", { nextDueAt: ago(1), paused: { reason: "asked us to wait" } }),
    makeSource("retired", { nextDueAt: ago(1), active: false }),
    makeSource("later", { nextDueAt: new Date(Date.now() + MINUTE) }),
  ]);
  for (const sourceId of ["paused", "retired", "later", "unknown"]) {
    await crawl(worker.deps, { sourceId, trigger });
  }
  expect(await store.collections.runs.countDocuments()).toBe(0);
  expect(await store.collections.links.countDocuments()).toBe(0);
});

test("the line brings each article once while Redis is wiped again and again", async () => {
  const watched = await services.watchSite("wiped", []);
  const { store, site, worker } = watched;
  const other = await watched.openOther("two.example");
  const paths = [
    ...(await addSource(watched, site, "s1", ago(MINUTE), 6)),
    ...(await addSource(watched, other, "s2", ago(MINUTE), 6)),
  ];
  const { deps } = worker;
  const workers = openWorkers(worker, { ...schedulerHandlers(deps), ...turnHandlers(deps) });
  try {
    const through = async () =>
      (await store.collections.runs.countDocuments({ open: false })) === 2;
    for (let round = 0; round < 120 && !(await through()); round++) {
      await tick(deps).catch(() => {});
      if (round % 3 === 1 && round < 12) await redis.flushall();
      await sleep(150);
    }
    expect(await through()).toBe(true);
  } finally {
    await workers.close(5000);
  }
  const asked = [...site.asked, ...other.asked].filter((path) => path.split("/").length === 3);
  expect(asked.toSorted()).toEqual(paths.toSorted());
  expect(await store.collections.articles.countDocuments()).toBe(12);
  const runs = await store.collections.runs.find().toArray();
  expect(runs.map(({ counts }) => counts.stored)).toEqual([6, 6]);
});

test("turns of a host that follow each other closely cost few starts of its job", async () => {
  const watched = await services.watchSite("near", []);
  const { store, site, worker } = watched;
  const { deps } = worker;
  await addSource(watched, site, "s1", ago(MINUTE), 6);
  const { fetch = () => Promise.resolve() } = turnHandlers(deps);
  let starts = 0;
  const counted: typeof fetch = (...run) => {
    starts++;
    return fetch(...run);
  };
  const workers = openWorkers(worker, { fetch: counted });
  try {
    await crawl(deps, { sourceId: "s1", trigger });
    const stored = () => store.collections.articles.countDocuments();
    for (let wait = 0; wait < 100 && (await stored()) < 6; wait++) await sleep(100);
    expect(await stored()).toBe(6);
  } finally {
    await workers.close(5000);
  }
  // The feed, robots.txt, tdmrep.json and six articles.
  expect(site.asked.length).toBeGreaterThanOrEqual(8);
  expect(starts).toBeLessThanOrEqual(3);
});

test("a run that is asked for starts at once and is called so; a hold ends by itself; a missed run is left out where that is wished", async () => {
  const watched = await services.watchSite("asked", []);
  const { store } = watched;
  const { deps } = watched.worker;
  const hour = 60 * MINUTE;
  const skip = { cron: "0 6 * * *", timezone: "UTC", missed: "skip" as const };
  const paused = { reason: "their summer break", by: "cli test", at: ago(hour) };
  await store.collections.sources.insertMany([
    makeSource("asked", { nextDueAt: new Date(Date.now() + hour) }),
    makeSource("missed", { nextDueAt: ago(hour), lastAttemptAt: ago(25 * hour), schedule: skip }),
    makeSource("over", { nextDueAt: ago(MINUTE), held: { ...paused, until: ago(MINUTE) } }),
    makeSource("held", { nextDueAt: ago(MINUTE), held: paused }),
  ]);
  const why = { by: "cli test", reason: "they have news" };
  const first = await runNow(store, "asked", why, new Date());
  expect(await runNow(store, "asked", why, new Date())).toEqual(first);
  expect(await runNow(store, "held", why, new Date())).toHaveProperty("problem");
  for (const sourceId of ["asked", "missed", "over", "held"])
    await crawl(deps, { sourceId, trigger });
  const runs = await openRuns(store, new Date(), 9);
  expect(runs.map(({ sourceId, trigger: by }) => `${sourceId} ${by}`).toSorted()).toEqual([
    "asked manual",
    "over schedule",
  ]);
  expect(first).toEqual({ runId: runs.find(({ sourceId }) => sourceId === "asked")?._id });
  expect(await getSource(store, "asked")).toMatchObject({ asked: null });
  expect(await getSource(store, "over")).toMatchObject({ held: null });
  const missed = await getSource(store, "missed");
  expect(missed?.missedAt).toBeInstanceOf(Date);
  expect(missed?.nextDueAt?.getUTCHours()).toBe(6);
  expect(missed?.nextDueAt?.getTime()).toBeGreaterThan(Date.now());
});
