import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { describeWaiting, readDueWork, waitForRuns } from "../../../../../bin/commands/run/wait.ts";
import { ensureHosts, saveBreaker } from "../../../../../store/crawl/hosts.ts";
import type { Store } from "../../../../../store/store.ts";
import { makeSource } from "../../../../helpers/articles.ts";
import { emptyStore, startTestDatabase, type TestDatabase } from "../../../../helpers/database.ts";
import { makeLink } from "../../../../helpers/links.ts";
import { makeRun } from "../../../../helpers/runs.ts";

const HOST = "cities.example";
const HOUR_MS = 3_600_000;

let database: TestDatabase;
let store: Store;
beforeAll(async () => {
  database = await startTestDatabase(import.meta.filename);
  store = await database.open("pass");
});
beforeEach(async () => {
  await emptyStore(store);
  await store.collections.sources.insertOne(makeSource("cities", { openRunId: "r" }));
  await store.collections.runs.insertOne(makeRun("r", { sourceId: "cities" }));
  await ensureHosts(store, [{ host: HOST, delay: 1000, concurrency: 1 }]);
});
afterAll(() => database.close());

const later = (ms: number) => new Date(Date.now() + ms);
const addDue = (dueAt: Date, overrides: Parameters<typeof makeLink>[1] = {}) =>
  store.collections.links.insertOne(
    makeLink("a", { runId: "r", host: HOST, state: "due", dueAt, ...overrides }),
  );
const shut = (until: Date) =>
  saveBreaker(store, HOST, { failures: 1, openUntil: until, openReason: "it asked us to wait" });
const wait = (patienceMs: number, show = () => {}, signal = AbortSignal.timeout(120_000)) =>
  waitForRuns(store, {
    sourceIds: ["cities"],
    since: new Date(0),
    signal,
    patienceMs,
    show,
  });

test("a pass ends when a host asks for a longer wait than there is patience, and names link, time and reason", async () => {
  const until = later(HOUR_MS);
  await shut(until);
  await addDue(new Date());
  const { waiting } = await wait(60_000);
  expect(waiting).toEqual([
    { url: expect.any(String), host: HOST, until, why: "it asked us to wait" },
  ]);
});

test("a pass ends when a link is tried again later than there is patience for", async () => {
  await addDue(later(HOUR_MS), { reason: "dns", detail: "no such name" });
  const { waiting, progress } = await wait(60_000);
  expect(waiting).toMatchObject([{ why: "no such name" }]);
  expect(progress).toMatchObject([{ state: "running" }]);
});

test("a pass ends when tries go on in vain for longer than there is patience", async () => {
  await addDue(later(500), { reason: "dns", detail: "our own network was down" });
  let last: Promise<unknown> = Promise.resolve();
  const retry = () => {
    last = store.collections.links.updateOne({ _id: "a" }, { $set: { dueAt: later(500) } });
  };
  const { waiting } = await wait(4000, retry);
  await last;
  expect(waiting).toMatchObject([{ why: "our own network was down" }]);
});

test("a pass ends when no run begins for longer than there is patience", async () => {
  await store.collections.sources.updateOne({ _id: "cities" }, { $set: { openRunId: null } });
  await store.collections.runs.deleteMany({});
  const signal = AbortSignal.timeout(120_000);
  const { progress } = await wait(1000, undefined, signal);
  expect(progress).toMatchObject([{ state: "waiting" }]);
  expect(signal.aborted).toBe(false);
});

test("a run that waits for its host doesn't end a pass before another run begins", async () => {
  await addDue(later(HOUR_MS), { reason: "dns", detail: "no such name" });
  await store.collections.sources.insertOne(makeSource("towns"));
  let polls = 0;
  const stop = new AbortController();
  const { progress } = await waitForRuns(store, {
    sourceIds: ["cities", "towns"],
    since: new Date(0),
    signal: stop.signal,
    patienceMs: 60_000,
    show: () => void (++polls === 2 && stop.abort()),
  });
  expect(polls).toBe(2);
  expect(progress.map(({ state }) => state)).toContain("waiting");
});

test("nothing is waited for while a link can be fetched", async () => {
  await addDue(new Date());
  expect(await readDueWork(store, ["r"], new Date())).toMatchObject({ state: "ready" });
});

test("nothing is waited for while a link is being fetched", async () => {
  await addDue(later(HOUR_MS), { claim: { token: "t", turn: 0, at: new Date(), worker: "w" } });
  expect(await readDueWork(store, ["r"], new Date())).toMatchObject({ state: "fetching" });
});

test("what is waited for is told in one line, the most frequent reason first", async () => {
  const until = new Date("2026-11-28T12:00:00Z");
  const link = { url: "http://a.example/", until };
  const waiting = [
    { ...link, host: "a.example", why: "no answer" },
    { ...link, host: "b.example", why: "no such name" },
    { ...link, host: "b.example", why: "no such name" },
  ];
  expect(describeWaiting(waiting)).toBe(
    "3 links wait, the first until 2026-11-28 12:00:00 UTC: b.example: no such name (2 links); a.example: no answer",
  );
});
