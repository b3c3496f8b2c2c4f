import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { MINUTE_MS } from "../../../../lib/time.ts";
import type { SourceRecord } from "../../../../model/sources/source.ts";
import { addLinks } from "../../../../store/crawl/links.ts";
import { getRun } from "../../../../store/crawl/runs.ts";
import {
  getSource,
  makeDue,
  pauseSource,
  resumeSource,
} from "../../../../store/sources/sources.ts";
import { crawl } from "../../../../workers/crawl/open-runs.ts";
import { closeFinishedRuns } from "../../../../workers/schedule/close-runs.ts";
import { tick } from "../../../../workers/schedule/tick.ts";
import { makeSource } from "../../../helpers/articles.ts";
import { countCommands } from "../../../helpers/commands.ts";
import { endProcess, withFaults } from "../../../helpers/faults.ts";
import { makeLink } from "../../../helpers/links.ts";
import { type Services, startServices, type WatchedSite } from "../../../helpers/watched-site.ts";

const fromNow = (ms: number) => new Date(Date.now() + ms);
const payload = { sourceId: "s1" };

let services: Services;
beforeAll(async () => {
  services = await startServices(import.meta.filename, { oneStore: true });
});
afterEach(() => services.closeSites());
afterAll(() => services?.close());

const TOMORROW = fromNow(24 * 60 * MINUTE_MS);

/** A due source, and what there is to know of it. */
async function openSource(name: string) {
  const watched = await services.watchSite(name, []);
  const feeds = [watched.site.at("/feed")];
  const nextDueAt = new Date(Date.now() - MINUTE_MS);
  await watched.store.collections.sources.insertOne(makeSource("s1", { feeds, nextDueAt }));
  const source = () => getSource(watched.store, "s1");
  const { deps } = watched.worker;
  return { ...watched, deps, source, recordAll: () => recordOutcomes(watched) };
}

/** All links of the runs are through. */
async function recordOutcomes({ store }: WatchedSite) {
  const done = { state: "done", dueAt: null, outcome: "unchanged" } as const;
  await store.collections.links.updateMany({ state: "due" }, { $set: done });
}

/** The deps of a process that ends at the next update of its sources or runs. */
function endingAt<D extends { store: WatchedSite["store"] }>(
  deps: D,
  where: "sources" | "runs",
): D {
  const { collections } = deps.store;
  const { sources, runs } = collections;
  const ends = { bulkWrite: () => endProcess };
  const broken =
    where === "sources" ? { sources: withFaults(sources, ends) } : { runs: withFaults(runs, ends) };
  return { ...deps, store: { ...deps.store, collections: { ...collections, ...broken } } };
}

test("a run stays open while a link is due soon, and closes though one is parked for long", async () => {
  const { store, deps, source, recordAll } = await openSource("parked");
  await crawl(deps, [payload]);
  const runId = (await source())?.openRunId ?? "";
  expect(await closeFinishedRuns(deps)).toBe(0);
  await recordAll();
  await addLinks(store, [makeLink("soon", { runId, dueAt: fromNow(20_000) })]);
  expect(await closeFinishedRuns(deps)).toBe(0);
  await recordAll();
  await addLinks(store, [
    makeLink("parked", { runId, dueAt: fromNow(60 * MINUTE_MS), attempts: 1 }),
  ]);
  expect(await closeFinishedRuns(deps)).toBe(1);
  expect(await getRun(store, runId)).toMatchObject({
    open: false,
    counts: { entryPoints: 1, links: 2, waiting: 1, unchanged: 1, http: 1 },
  });
  expect(await source()).toMatchObject({ openRunId: null });
});

test.each([
  ["paused", "it has no due time", {}, null],
  ["paused-until", "it is due at the end of the pause", { until: TOMORROW }, TOMORROW],
])("if a source is %s during its run, %s", async (name, _, until, due) => {
  const { store, deps, source, recordAll } = await openSource(name);
  await crawl(deps, [payload]);
  await pauseSource(store, "s1", { reason: "they move", actor: "cli", at: new Date(), ...until });
  await recordAll();
  expect(await closeFinishedRuns(deps)).toBe(1);
  expect(await source()).toMatchObject({ openRunId: null, nextDueAt: due });
});

test("a source that is resumed while its run closes stays due", async () => {
  const { store, deps, source, recordAll } = await openSource("resumed");
  await crawl(deps, [payload]);
  await pauseSource(store, "s1", { reason: "they move", actor: "cli", at: new Date() });
  await recordAll();
  const { sources } = store.collections;
  const bulkWrite: typeof sources.bulkWrite = async (...writes) => {
    await resumeSource(store, "s1", new Date());
    return sources.bulkWrite(...writes);
  };
  const racing = {
    ...store.collections,
    sources: withFaults(sources, { bulkWrite: () => bulkWrite }),
  };
  expect(await closeFinishedRuns({ ...deps, store: { ...store, collections: racing } })).toBe(1);
  expect(await source()).toMatchObject({ openRunId: null, nextDueAt: expect.any(Date) });
});

test("a due run waits for the end of the quiet hours, but a requested one begins at once", async () => {
  const { store, deps, source } = await openSource("quiet");
  const hour = (h: number) => new Date(Date.now() + h * 60 * MINUTE_MS).toISOString().slice(11, 16);
  const quiet = { "schedule.quiet": `${hour(-1)}-${hour(2)}`, "schedule.timezone": "UTC" };
  await store.collections.sources.updateOne({ _id: "s1" }, { $set: quiet });
  await crawl(deps, [payload]);
  const { openRunId, nextDueAt } = (await source()) ?? {};
  expect(openRunId).toBeNull();
  expect(Number(nextDueAt)).toBeGreaterThan(Date.now() + 30 * MINUTE_MS);
  await makeDue(store, new Date(), ["s1"]);
  await crawl(deps, [payload]);
  expect(await source()).toMatchObject({ openRunId: expect.any(String) });
});

test("a source whose run was opened and closed before gets another run", async () => {
  const { store, deps, source, recordAll } = await openSource("restored");
  const before = await source();
  await crawl(deps, [payload]);
  await recordAll();
  await closeFinishedRuns(deps);
  // A backup has the source as it was before the run, and the run as it was afterwards.
  await store.collections.sources.replaceOne({ _id: "s1" }, before as SourceRecord);
  await crawl(deps, [payload]);
  expect(await source()).toMatchObject({ openRunId: null });
  await crawl(deps, [payload]);
  expect(await source()).toMatchObject({ openRunId: expect.any(String) });
});

test("the sources of all open runs are read at once", async () => {
  const { store, deps } = await openSource("many");
  const feeds = ["http://one.example/feed"];
  const nextDueAt = fromNow(-MINUTE_MS);
  const others = ["s2", "s3", "s4"].map((id) => makeSource(id, { feeds, nextDueAt }));
  await store.collections.sources.insertMany(others);
  for (const sourceId of ["s1", "s2", "s3", "s4"]) await crawl(deps, [{ ...payload, sourceId }]);
  const counted = await countCommands(store);
  await closeFinishedRuns({ ...deps, store: counted.store });
  const reads = counted.commands().filter((command) => command === "find sources");
  await counted.close();
  expect(reads).toHaveLength(1);
});

test("a run whose entry point failed counts as a failure, with the problem in words", async () => {
  const { store, deps, source } = await openSource("failed");
  await crawl(deps, [payload]);
  await store.collections.links.updateMany(
    {},
    { $set: { state: "dead-letter", dueAt: null, reason: "dns", attempts: 4 } },
  );
  await closeFinishedRuns(deps);
  const after = await source();
  expect(after).toMatchObject({
    failures: 1,
    lastSuccessAt: null,
    lastProblem: "entry points not read: 1 × dns",
  });
});

test.each(["sources", "runs"] as const)(
  "a process that ends while it writes the %s of a run that closes leaves the source to the next one",
  async (where) => {
    const { deps, source, recordAll, worker } = await openSource(`closing-${where}`);
    await crawl(deps, [payload]);
    await recordAll();
    await expect(closeFinishedRuns(endingAt(deps, where))).rejects.toThrow("ended here");
    worker.advance(2 * MINUTE_MS);
    await tick(deps);
    expect(await source()).toMatchObject({ openRunId: null });
    await makeDue(deps.store, deps.now(), ["s1"]);
    worker.advance(MINUTE_MS);
    await crawl(deps, [payload]);
    expect((await source())?.openRunId).not.toBeNull();
  },
);

test("a process that ends while it opens a run leaves it to the next one, however late that comes", async () => {
  const { store, deps, source, recordAll, worker } = await openSource("opening");
  await expect(crawl(endingAt(deps, "sources"), [payload])).rejects.toThrow("ended here");
  expect(await source()).toMatchObject({ openRunId: null });
  worker.advance(5 * MINUTE_MS);
  // As a scheduler does that starts again.
  await tick(deps);
  await crawl(deps, [payload]);
  const runId = (await source())?.openRunId ?? "";
  expect(await getRun(store, runId)).toMatchObject({ open: true });
  await recordAll();
  await tick(deps);
  expect(await source()).toMatchObject({ openRunId: null });
  expect(await getRun(store, runId)).toMatchObject({ open: false });
});

test("a crawl that slept through a whole run doesn't take the source again", async () => {
  const { deps, source, recordAll } = await openSource("slept");
  const { store } = deps;
  const { sources } = store.collections;
  let isAsleep = true;
  const slow: typeof sources.bulkWrite = async (...args) => {
    if (isAsleep) {
      isAsleep = false;
      await crawl(deps, [payload]);
      await recordAll();
      await closeFinishedRuns(deps);
    }
    return sources.bulkWrite(...args);
  };
  const late = { sources: withFaults(sources, { bulkWrite: () => slow }) };
  const sleeper = { ...deps, store: { ...store, collections: { ...store.collections, ...late } } };
  await crawl(sleeper, [payload]);
  expect(await source()).toMatchObject({ openRunId: null });
});

test("an open run that no source has is closed after a minute", async () => {
  const { store, deps, source, worker } = await openSource("orphan");
  await crawl(deps, [payload]);
  const runId = (await source())?.openRunId ?? "";
  await store.collections.sources.updateOne({ _id: "s1" }, { $set: { openRunId: "s1-other" } });
  expect(await closeFinishedRuns(deps)).toBe(0);
  worker.advance(2 * MINUTE_MS);
  expect(await closeFinishedRuns(deps)).toBe(1);
  expect(await getRun(store, runId)).toMatchObject({ open: false });
  expect(await source()).toMatchObject({ openRunId: "s1-other" });
});
