import type { Job } from "bullmq";
import { Redis } from "ioredis";
import { Registry } from "prom-client";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { MINUTE_MS } from "../../../../lib/time.ts";
import type { Run } from "../../../../model/crawl/outcome.ts";
import type { SourceRecord } from "../../../../model/sources/source.ts";
import { runNow } from "../../../../sources/operations.ts";
import { ensureHosts } from "../../../../store/crawl/hosts.ts";
import { addLinks } from "../../../../store/crawl/links.ts";
import {
  addRuns,
  closeRuns,
  emptyCounts,
  findOpenRuns,
  newRun,
} from "../../../../store/crawl/runs.ts";
import { getSource, makeDue } from "../../../../store/sources/sources.ts";
import { crawl } from "../../../../workers/crawl/open-runs.ts";
import type { JobContext } from "../../../../workers/deps.ts";
import { httpHandlers, schedulerHandlers } from "../../../../workers/handlers.ts";
import { startWorkers } from "../../../../workers/runtime/start-workers.ts";
import { createMeter } from "../../../../workers/runtime/telemetry.ts";
import { enqueueTurns, tick, wakeForgotten } from "../../../../workers/schedule/tick.ts";
import { makeSource } from "../../../helpers/articles.ts";
import { makeLink } from "../../../helpers/links.ts";
import { articlePage, feedOf, type TestSite } from "../../../helpers/site.ts";
import { type Services, startServices, type WatchedSite } from "../../../helpers/watched-site.ts";
import { takeTurns } from "../../../helpers/worker.ts";

const ago = (ms: number) => new Date(Date.now() - ms);

let services: Services;
let redis: Redis;
beforeAll(async () => {
  services = await startServices(import.meta.filename, { oneStore: true });
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
    producer: deps.producer,
    meter: createMeter(new Registry()),
    log: deps.log,
  });
}

test("a tick enqueues each due source once, whatever waits already, and again after Redis was wiped", async () => {
  const watched = await services.watchSite("tick", []);
  const { deps } = watched.worker;
  for (const id of ["s1", "s2", "s3"]) await addSource(watched, watched.site, id, ago(MINUTE_MS));
  await watched.store.collections.sources.insertMany([
    makeSource("later", { nextDueAt: new Date(Date.now() + MINUTE_MS) }),
    makeSource("running", { nextDueAt: ago(MINUTE_MS), openRunId: "running-1" }),
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
  await hosts.updateOne({ _id: "three.example" }, { $set: { "nextTurnAt.http": ago(-MINUTE_MS) } });
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

describe("three workers crawl one source at the same time", () => {
  let open: Run[];
  let opened: SourceRecord | null;
  let turns: Date | "done";
  let feedRequests: number;
  let closed: SourceRecord | null;
  let runs: Run[];
  beforeAll(async () => {
    const watched = await services.watchSite("twice", []);
    const { store, site, worker } = watched;
    await addSource(watched, site, "s1", ago(MINUTE_MS));
    const workers = [worker, await watched.openAnotherWorker(), await watched.openAnotherWorker()];
    await Promise.all(workers.map(({ deps }) => crawl(deps, [{ sourceId: "s1" }])));
    open = await findOpenRuns(store, new Date(), 10);
    opened = await getSource(store, "s1");
    turns = await takeTurns(worker, site.host);
    feedRequests = site.requests.filter((path) => path === "/s1.rss").length;
    await tick(worker.deps);
    closed = await getSource(store, "s1");
    runs = await store.collections.runs.find().toArray();
  });

  test("they open one run", () => {
    expect(open).toHaveLength(1);
    expect(opened).toMatchObject({ openRunId: open[0]?._id });
  });

  test("they ask for its feed once", () => {
    expect(turns).toBe("done");
    expect(feedRequests).toBe(1);
  });

  test("the run closes without a problem", () => {
    expect(closed).toMatchObject({ openRunId: null, failures: 0, lastProblem: null });
    expect(closed?.lastSuccessAt).toBeInstanceOf(Date);
  });

  test("the run counts the feed and what it stored", () => {
    const counts = { entryPoints: 1, links: 3, stored: 3, waiting: 0 };
    expect(runs).toMatchObject([{ open: false, first: true, counts }]);
  });
});

describe("a source that is made due again while a worker opens its run", () => {
  let opened: Run;
  let open: Run[];
  let source: SourceRecord | null;
  let stored: number;
  let closed: Run[];
  beforeAll(async () => {
    const watched = await services.watchSite("again", []);
    const { store, site, worker } = watched;
    await addSource(watched, site, "s1", ago(MINUTE_MS));
    const read = await getSource(store, "s1");
    if (!read) throw new Error("the source is gone");
    // The first worker has opened its run; before it takes the source, somebody asks for a run.
    const startedAt = ago(1000);
    opened = newRun(read, { _id: "s1-before", trigger: "schedule", first: true, startedAt });
    await addRuns(store, [opened]);
    await makeDue(store, new Date(), ["s1"]);
    await crawl(worker.deps, [{ sourceId: "s1" }]);
    open = await findOpenRuns(store, new Date(), 10);
    source = await getSource(store, "s1");
    // The first worker's close, of the run as it was read before the second took it up.
    await closeRuns(store, [{ run: opened, counts: emptyCounts() }], new Date());
    await takeTurns(worker, site.host);
    await tick(worker.deps);
    closed = await store.collections.runs.find().toArray();
    stored = await store.collections.articles.countDocuments();
  });

  test("has one open run, which it is at", () => {
    expect(open).toMatchObject([{ _id: opened._id, first: true }]);
    expect(source).toMatchObject({ openRunId: opened._id });
  });

  test("has a run that starts when its source is taken, so whoever asked for it finds it", () => {
    expect(open[0]?.startedAt.getTime()).toBeGreaterThan(opened.startedAt.getTime());
  });

  test("has one closed run with all that it stored", () => {
    expect(stored).toBe(3);
    expect(closed).toMatchObject([{ open: false, counts: { stored: 3 } }]);
  });
});

test("the database refuses a second open run of a source's entry points, and no other run", async () => {
  const { store } = await services.watchSite("second", []);
  const { runs } = store.collections;
  const source = makeSource("s1");
  const run = (_id: string, of: Run["trigger"]) =>
    newRun(source, { _id, trigger: of, startedAt: new Date() });
  const first = run("first", "schedule");
  await addRuns(store, [first, run("looks", "revisit"), run("backfill", "backfill")]);
  await expect(runs.insertOne(run("second", "manual"))).rejects.toThrow(/E11000/);
  expect(await runs.countDocuments()).toBe(3);
  await closeRuns(store, [{ run: first, counts: emptyCounts() }], new Date());
  const second = run("second", "manual");
  await addRuns(store, [second]);
  await closeRuns(store, [{ run: second, counts: emptyCounts() }], new Date());
  expect(await runs.countDocuments({ open: false })).toBe(2);
});

test("many schedulers at once, while somebody keeps asking for runs, open one run", async () => {
  const watched = await services.watchSite("many", []);
  const { store, site, worker } = watched;
  await addSource(watched, site, "s1", ago(MINUTE_MS));
  const others = [await watched.openAnotherWorker(), await watched.openAnotherWorker()];
  const crawls = [worker, ...others].map(({ deps }) => crawl(deps, [{ sourceId: "s1" }]));
  const openings = Array.from({ length: 4 }, () => makeDue(store, new Date(), ["s1"]));
  await Promise.all([...crawls, ...openings]);
  await crawl(worker.deps, [{ sourceId: "s1" }]);
  const [run, ...rest] = await findOpenRuns(store, new Date(), 10);
  expect(rest).toEqual([]);
  expect(await getSource(store, "s1")).toMatchObject({ openRunId: run?._id });
});

test("slots that were missed for hours are one run, the next one is on time", async () => {
  const watched = await services.watchSite("missed", []);
  const { store, site, worker } = watched;
  await addSource(watched, site, "s1", ago(10 * 60 * MINUTE_MS));
  await crawl(worker.deps, [{ sourceId: "s1" }]);
  await takeTurns(worker, site.host);
  await tick(worker.deps);
  const source = await getSource(store, "s1");
  const wait = (source?.nextDueAt?.getTime() ?? 0) - Date.now();
  expect(wait).toBeGreaterThan(0);
  expect(wait).toBeLessThanOrEqual(45 * MINUTE_MS);
  expect(await tick(worker.deps)).toMatchObject({ crawls: 0 });
  expect(await store.collections.runs.countDocuments()).toBe(1);
});

test("a source that is paused, retired or not due is left alone by a crawl that still waits", async () => {
  const { store, worker } = await services.watchSite("paused", []);
  await store.collections.sources.insertMany([
    makeSource("paused", { nextDueAt: ago(1), paused: { reason: "asked us to wait" } }),
    makeSource("retired", { nextDueAt: ago(1), active: false }),
    makeSource("later", { nextDueAt: new Date(Date.now() + MINUTE_MS) }),
  ]);
  for (const sourceId of ["paused", "retired", "later", "unknown"]) {
    await crawl(worker.deps, [{ sourceId }]);
  }
  expect(await store.collections.runs.countDocuments()).toBe(0);
  expect(await store.collections.links.countDocuments()).toBe(0);
});

test("jobs of a failed batch are done one by one, so only the source that can't be crawled fails", async () => {
  const watched = await services.watchSite("batch", []);
  const { store, site, worker } = watched;
  for (const id of ["s1", "s2", "s3"]) await addSource(watched, site, id, ago(MINUTE_MS));
  const schedule = { cron: "whenever", timezone: "UTC" };
  await store.collections.sources.updateOne({ _id: "s2" }, { $set: { schedule } });
  const { crawl: handle } = schedulerHandlers(worker.deps);
  const jobs = ["s1", "s2", "s3"].map(async (sourceId) =>
    handle?.({ data: { sourceId } } as Job, {} as JobContext),
  );
  const outcomes = await Promise.allSettled(jobs);
  expect(outcomes.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
  const open = await findOpenRuns(store, new Date(), 10);
  expect(open.map(({ sourceId }) => sourceId).toSorted()).toEqual(["s1", "s3"]);
});

test("the workers store each article once while Redis is wiped again and again", async () => {
  const watched = await services.watchSite("wiped", []);
  const { store, site, worker } = watched;
  const other = await watched.openOther("two.example");
  const paths = [
    ...(await addSource(watched, site, "s1", ago(MINUTE_MS), 6)),
    ...(await addSource(watched, other, "s2", ago(MINUTE_MS), 6)),
  ];
  const { deps } = worker;
  const workers = openWorkers(worker, { ...schedulerHandlers(deps), ...httpHandlers(deps) });
  try {
    const through = async () =>
      (await store.collections.runs.countDocuments({ open: false })) === 2;
    let round = 0;
    await vi.waitUntil(
      async () => {
        await tick(deps).catch(() => {});
        if (round % 3 === 1 && round < 12) await redis.flushall();
        round++;
        return through();
      },
      { timeout: 120_000, interval: 150 },
    );
  } finally {
    await workers.close(5000);
  }
  const asked = [...site.requests, ...other.requests].filter(
    (path) => path.split("/").length === 3,
  );
  expect(asked.toSorted()).toEqual(paths.toSorted());
  expect(await store.collections.articles.countDocuments()).toBe(12);
  const runs = await store.collections.runs.find().toArray();
  expect(runs.map(({ counts }) => counts.stored)).toEqual([6, 6]);
});

test("turns of a host that follow each other closely cost few starts of its job", async () => {
  const watched = await services.watchSite("near", []);
  const { store, site, worker } = watched;
  const { deps } = worker;
  await addSource(watched, site, "s1", ago(MINUTE_MS), 6);
  const { fetch } = httpHandlers(deps);
  let starts = 0;
  const began = performance.now();
  const counted: typeof fetch = (...run) => {
    starts++;
    return fetch(...run);
  };
  const workers = openWorkers(worker, { fetch: counted });
  try {
    await crawl(deps, [{ sourceId: "s1" }]);
    const stored = () => store.collections.articles.countDocuments();
    await vi.waitUntil(async () => (await stored()) === 6, { timeout: 120_000, interval: 100 });
  } finally {
    await workers.close(5000);
  }
  // The feed, robots.txt, tdmrep.json and six articles.
  expect(site.requests.length).toBeGreaterThanOrEqual(8);
  // A job ends after about two seconds, so a slow machine needs more of them.
  expect(starts).toBeLessThanOrEqual(3 + Math.floor((performance.now() - began) / 1900));
});

describe("crawls of sources that are asked for, held or missed", () => {
  const hour = 60 * MINUTE_MS;
  let wanted: Record<"first" | "second" | "held", Awaited<ReturnType<typeof runNow>>>;
  let runs: Run[];
  let sources: Record<"wanted" | "missed" | "over" | "held", SourceRecord | null>;
  let began: number;
  beforeAll(async () => {
    began = Date.now();
    const { store, worker } = await services.watchSite("asked", []);
    const skip = { cron: "0 6 * * *", timezone: "UTC", missed: "skip" as const };
    const hold = { reason: "their summer break", actor: "cli test", at: ago(hour) };
    const lastAttemptAt = ago(25 * hour);
    await store.collections.sources.insertMany([
      makeSource("wanted", { nextDueAt: new Date(Date.now() + hour) }),
      makeSource("missed", { nextDueAt: ago(hour), lastAttemptAt, schedule: skip }),
      makeSource("over", {
        nextDueAt: ago(MINUTE_MS),
        pausedByOperator: { ...hold, until: ago(MINUTE_MS) },
      }),
      makeSource("held", { nextDueAt: ago(MINUTE_MS), pausedByOperator: hold }),
    ]);
    const why = { actor: "cli test", reason: "they have news" };
    wanted = {
      first: await runNow(store, "wanted", why, new Date()),
      second: await runNow(store, "wanted", why, new Date()),
      held: await runNow(store, "held", why, new Date()),
    };
    for (const sourceId of ["wanted", "missed", "over", "held"]) {
      await crawl(worker.deps, [{ sourceId }]);
    }
    runs = await findOpenRuns(store, new Date(), 9);
    sources = {
      wanted: await getSource(store, "wanted"),
      missed: await getSource(store, "missed"),
      over: await getSource(store, "over"),
      held: await getSource(store, "held"),
    };
  });
  const runOf = (id: string) => runs.find(({ sourceId }) => sourceId === id);

  test("a run that is asked for starts at once, with a manual trigger", () => {
    expect(runOf("wanted")).toMatchObject({ trigger: "manual" });
    expect(wanted.first).toEqual({ runId: runOf("wanted")?._id });
  });

  test("a run that is asked for twice is one run", () => {
    expect(wanted.second).toEqual(wanted.first);
  });

  test("a run that has started is no longer asked for", () => {
    expect(sources.wanted).toMatchObject({ runRequest: null });
  });

  test("a held source that is due is due no longer", () => {
    expect(sources.held).toMatchObject({ nextDueAt: null, openRunId: null });
  });

  test("no run of a held source can be asked for", () => {
    expect(wanted.held).toHaveProperty("problem");
  });

  test("no other source gets a run than what is asked for and whose hold is over", () => {
    expect(runs.map(({ sourceId }) => sourceId).toSorted()).toEqual(["over", "wanted"]);
  });

  test("a hold ends by itself when its time is over", () => {
    expect(runOf("over")).toMatchObject({ trigger: "schedule" });
    expect(sources.over).toMatchObject({ pausedByOperator: null });
  });

  test("a missed run is left out where its source says so, and the next one is on time", () => {
    expect(sources.missed?.missedAt).toBeInstanceOf(Date);
    expect(sources.missed?.nextDueAt?.getUTCHours()).toBe(6);
    expect(sources.missed?.nextDueAt?.getTime()).toBeGreaterThan(began);
  });
});

test("a tick wakes hosts that have due links and no turn, and leaves the others as they are", async () => {
  const watched = await services.watchSite("forgotten", ["/a"]);
  const { store, worker, site } = watched;
  const { hosts, links } = store.collections;
  const turnsOf = async () => (await hosts.findOne({ _id: site.host }))?.nextTurnAt;
  expect(await turnsOf()).toEqual({});
  // The worker ended after it had handed the link to the browser, and before it woke the host there.
  await links.updateMany({}, { $set: { lane: "browser" } });
  expect(await tick(worker.deps)).toMatchObject({ woken: 1, turns: 1 });
  expect(await turnsOf()).toEqual({ browser: expect.any(Date) });
  const soon = new Date(Date.now() + 20_000);
  await hosts.updateMany({}, { $set: { nextTurnAt: { browser: soon } } });
  expect(await tick(worker.deps)).toMatchObject({ woken: 0 });
  expect(await turnsOf()).toEqual({ browser: soon });
  // A host that wants 5 minutes between requests has a turn, although it is minutes away.
  const later = ago(-4 * MINUTE_MS);
  await hosts.updateMany({}, { $set: { delay: 5 * MINUTE_MS, nextTurnAt: { browser: later } } });
  expect(await tick(worker.deps)).toMatchObject({ woken: 0 });
  expect(await turnsOf()).toEqual({ browser: later });
  // A host whose circuit breaker is open has its turn when it may be tried again.
  const openUntil = ago(-30 * MINUTE_MS);
  await hosts.updateMany({}, { $set: { openUntil, nextTurnAt: { browser: openUntil } } });
  expect(await tick(worker.deps)).toMatchObject({ woken: 0 });
  await hosts.updateMany({}, { $set: { openUntil: null } });
  // Another link's retry is an hour away.
  await hosts.updateMany({}, { $set: { nextTurnAt: { browser: ago(-60 * MINUTE_MS) } } });
  expect(await tick(worker.deps)).toMatchObject({ woken: 1, turns: 1 });
});

test("a host is found behind more due links of one instant than a tick looks at", async () => {
  const { store, worker, site } = await services.watchSite("many", ["/a"]);
  const { hosts, links } = store.collections;
  const dueAt = ago(MINUTE_MS);
  const other = "two.example:80";
  await ensureHosts(store, [{ host: other, delay: 0, concurrency: 1 }]);
  await hosts.updateOne({ _id: other }, { $set: { nextTurnAt: { http: new Date() } } });
  await links.deleteMany({});
  const at = (host: string, count: number) =>
    Array.from({ length: count }, (_, n) => makeLink(`${host}-${n}`, { host, dueAt }));
  await addLinks(store, at(other, 450));
  await addLinks(store, at(site.host, 1));
  for (let ticks = 0; ticks < 4; ticks++) await wakeForgotten(worker.deps);
  const woken = await hosts.findOne({ _id: site.host });
  expect(woken?.nextTurnAt).toHaveProperty("http");
});
