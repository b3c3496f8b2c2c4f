import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { createLogger } from "../../../config/logger.ts";
import { DAY_MS } from "../../../lib/time.ts";
import { newCoverage } from "../../../model/sources/coverage.ts";
import type { SourceRecord } from "../../../model/sources/source.ts";
import { createSiteJobs } from "../../../sources/site-jobs.ts";
import { getCoverage } from "../../../store/sources/coverage.ts";
import type { Store } from "../../../store/store.ts";
import { NO_QUEUES } from "../../helpers/admin.ts";
import { makeSource } from "../../helpers/articles.ts";
import { startTestDatabase, type TestDatabase } from "../../helpers/database.ts";

const NOW = new Date("2026-11-28T12:00:00Z");
const WEEK_MS = 7 * DAY_MS;

let database: TestDatabase;
let store: Store;
beforeAll(async () => {
  database = await startTestDatabase(import.meta.filename);
  store = await database.open("jobs");
});
afterAll(() => database.close());
beforeEach(async () => {
  const { sources, coverage } = store.collections;
  await Promise.all([sources.deleteMany({}), coverage.deleteMany({})]);
});

/** A source whose site is due to be asked at a time, and the jobs of a process that counts whether it opens a site. */
async function jobsFor(nextProbeAt: Date, fields: Partial<SourceRecord> = {}) {
  const source = { ...makeSource("town"), lastSuccessAt: NOW, ...fields };
  await store.collections.sources.insertOne(source);
  const objective = { share: 0.99, within: 1 };
  const begin = { since: NOW, nextProbeAt, objective, now: NOW };
  await store.collections.coverage.insertOne(newCoverage("town", begin));
  const opened: string[] = [];
  const openSites = () => {
    opened.push("site");
    return Promise.reject(new Error("no site is asked here"));
  };
  const log = createLogger({ logLevel: "silent" });
  const jobs = createSiteJobs({
    store,
    now: () => NOW,
    log,
    topics: new Set(),
    producer: NO_QUEUES,
    openSites,
  });
  return { jobs, opened };
}

test("A site whose time has come is asked, and again only when its interval is over", async () => {
  const { jobs, opened } = await jobsFor(NOW);
  await expect(jobs.probeNext(WEEK_MS)).rejects.toThrow("no site is asked here");
  expect(opened).toEqual(["site"]);
  expect((await getCoverage(store, "town"))?.nextProbeAt).toEqual(
    new Date(NOW.getTime() + WEEK_MS),
  );
  expect(await jobs.probeNext(WEEK_MS)).toBeNull();
});

test("Nobody is asked before their time", async () => {
  const { jobs, opened } = await jobsFor(new Date(NOW.getTime() + 1));
  expect([await jobs.probeNext(WEEK_MS), opened]).toEqual([null, []]);
});

test.each([
  ["retired", { active: false }],
  ["paused", { paused: { reason: "for now" } }],
  ["not read yet", { lastSuccessAt: null }],
])("The site of a source that is %s is not asked", async (_, fields) => {
  const { jobs, opened } = await jobsFor(NOW, fields);
  await jobs.probeNext(WEEK_MS);
  expect(opened).toEqual([]);
});

test.each([
  ["retired", { active: false }, "Restore a version of it first."],
  ["paused", { paused: { reason: "for now" } }, "Resume the source first."],
])("Nobody has the site of a source asked that is %s", async (word, fields, todo) => {
  const { jobs, opened } = await jobsFor(NOW, fields);
  const author = { actor: "user oscar", reason: "to see" };
  await expect(jobs.probe("town", author)).rejects.toThrow(`The source is ${word}. ${todo}`);
  expect(opened).toEqual([]);
});

test.each(["probe", "findMoved"] as const)("%s names an unknown source as such", async (verb) => {
  const { jobs, opened } = await jobsFor(NOW);
  const author = { actor: "user oscar", reason: "to see" };
  await expect(jobs[verb]("twon", author)).rejects.toThrow("There is no such source.");
  expect(opened).toEqual([]);
});
