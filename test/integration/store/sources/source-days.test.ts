import { afterAll, beforeAll, expect, test } from "vitest";
import type { Body, Capture } from "../../../../model/crawl/capture.ts";
import { newCoverage } from "../../../../model/sources/coverage.ts";
import { capturesOfLinks, removeCaptures } from "../../../../store/archive/erasure.ts";
import { removeOldCaptures } from "../../../../store/archive/retention.ts";
import { addCaptures } from "../../../../store/crawl/captures.ts";
import { emptyCounts } from "../../../../store/crawl/runs.ts";
import { countSourceDays, readSourceDays } from "../../../../store/sources/source-days.ts";
import { readStatistic } from "../../../../store/statistics/read.ts";
import type { Store } from "../../../../store/store.ts";
import { startTestDatabase, type TestDatabase } from "../../../helpers/database.ts";
import { makeCapture } from "../../../helpers/reading.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await startTestDatabase(import.meta.filename);
});
afterAll(() => database.close());

const at = (time: string) => new Date(`2026-11-${time}Z`);
const body = (name: string, size: number): Body => {
  const bytes = new Uint8Array(size);
  return { _id: name, bytes, encoding: "gzip", size: size * 3, storedAt: at("24T00:00") };
};
const bodies = { page: body("page", 100), feed: body("feed", 40) };
/** A capture of each of two days, and a second one of the page that was there already. */
const captures = [
  ["page-1", "24T23:50", bodies.page, 200],
  ["feed-1", "24T10:00", bodies.feed, 200],
  ["page-2", "25T08:00", bodies.page, 200],
  ["gone-1", "25T09:00", null, 404],
  ["down-1", "25T09:30", null, 503],
] as const;

async function fill(store: Store): Promise<void> {
  const made = captures.map(([_id, time, kept, status]): Capture => {
    const sizes = { bytes: kept?.bytes.length ?? 10, decodedBytes: kept?.size ?? 10 };
    const fetched = { status, bodyId: kept?._id ?? null, fetchedAt: at(time), ...sizes };
    return {
      ...makeCapture("https://cities.example/a"),
      ...fetched,
      _id,
      linkId: _id,
      sourceId: "cities",
    };
  });
  await addCaptures(store, made.slice(0, 2), [bodies.page, bodies.feed]);
  await addCaptures(store, made.slice(2), [bodies.page]);
  const run = { sourceId: "cities", sourceVersion: 1, trigger: "schedule", first: false } as const;
  const ended = { open: false, startedAt: at("25T08:00"), finishedAt: at("25T08:01") };
  const counts = { ...emptyCounts(), stored: 3, updated: 1, deadLetters: { timeout: 2 } };
  await store.collections.runs.insertMany([
    { _id: "r1", ...run, ...ended, counts, problems: [] },
    { _id: "r2", ...run, ...ended, counts: emptyCounts(), problems: [] },
    { _id: "r3", ...run, ...ended, open: true, counts: emptyCounts(), problems: [] },
  ]);
}

const query = { rows: "source", from: "2026-11-01", to: "2026-11-30", top: 10 } as const;
const rowOf = async (store: Store, name: "storage" | "reliability") =>
  (await readStatistic(store, { name, ...query })).rows[0];

test("bytes are told as they came, unpacked, kept, and spared by what was there already", async () => {
  const store = await database.open("kept");
  await fill(store);
  await countSourceDays(store, "cities", at("25T12:00"));
  expect(await rowOf(store, "storage")).toEqual({
    source: "cities",
    responses: 5,
    bytes: 260,
    decoded: 740,
    written: 140,
    spared: 100,
    removed: 0,
    stored: 140,
  });
  const { statistics, coverage } = store.collections;
  const counts = { "cities retracted": 2, "cities listed": 8, "other retracted": 1 };
  const at25 = { dimension: "state", day: "2026-11-25", seq: 1, counts } as const;
  await statistics.insertOne({ _id: "state 2026-11-25", ...at25 });
  const [since, objective] = [at("25T10:00"), { share: 0.99, within: 1 }];
  const blank = newCoverage("cities", { since, nextProbeAt: since, objective, now: since });
  await coverage.insertOne({ ...blank, total: { ...blank.total, inTime: 5, late: 1, missing: 2 } });
  expect(await rowOf(store, "reliability")).toEqual({
    retracted: 2,
    coverage: 0.75,
    source: "cities",
    responses: 5,
    fine: 0.6,
    refused: 1,
    failed: 1,
    runs: 2,
    untroubled: 0.5,
    dead_letters: 2,
    created: 3,
    updated: 1,
  });
  const days = { name: "reliability", ...query, rows: "day" } as const;
  expect(
    (await readStatistic(store, days)).rows.map(({ retracted, coverage: covered }) => [
      retracted,
      covered,
    ]),
  ).toEqual([
    [0, undefined],
    [3, undefined],
  ]);
});

test("a day is counted once more after its end, and then never again", async () => {
  const store = await database.open("settled");
  await fill(store);
  await countSourceDays(store, "cities", at("24T23:55"));
  const late = {
    ...makeCapture("https://cities.example/a"),
    _id: "late",
    linkId: "late",
    fetchedAt: at("24T23:58"),
  };
  await addCaptures(store, [{ ...late, sourceId: "cities", bodyId: null }], []);
  const of24 = async () =>
    (await readSourceDays(store, "2026-11-24", "2026-11-24"))[0]?.bySource["cities"];
  expect(await of24()).toMatchObject({ stored: { captures: 2 } });
  await countSourceDays(store, "cities", at("25T01:30"));
  expect(await of24()).toMatchObject({ stored: { captures: 3 }, at: at("25T01:30") });
  await countSourceDays(store, "cities", at("25T02:30"));
  expect(await of24()).toMatchObject({ at: at("25T01:30") });
});

test("what keeping times and erasure remove is told apart, and nothing of it is forgotten", async () => {
  const store = await database.open("removed");
  await fill(store);
  for (const time of ["24T23:59", "25T12:00"]) await countSourceDays(store, "cities", at(time));
  const before = await rowOf(store, "reliability");
  expect(await removeOldCaptures(store, "cities", at("25T00:00"), 1)).toBe(1);
  await removeCaptures(store, await capturesOfLinks(store, ["page-2"]));
  const left = await rowOf(store, "storage");
  expect(left).toMatchObject({ responses: 5, bytes: 260, written: 140, spared: 100 });
  expect(Number(left?.["removed"]) + Number(left?.["stored"])).toBe(140);
  expect(left?.["removed"]).toBeGreaterThan(0);
  expect(await rowOf(store, "reliability")).toEqual(before);
});
