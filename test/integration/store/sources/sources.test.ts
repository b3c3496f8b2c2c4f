import { afterAll, beforeAll, expect, test } from "vitest";
import { getSource, makeDue, pauseSource, takeSources } from "../../../../store/sources/sources.ts";
import type { Store } from "../../../../store/store.ts";
import { makeSource } from "../../../helpers/articles.ts";
import { startTestDatabase, type TestDatabase } from "../../../helpers/database.ts";
import { withFaults } from "../../../helpers/faults.ts";

let database: TestDatabase;
let store: Store;
const requestedAt = new Date("2026-11-25T12:00:00Z");
const earlier = new Date("2026-11-25T11:59:59Z");
const later = new Date("2026-11-25T12:15:00Z");

beforeAll(async () => {
  database = await startTestDatabase(import.meta.filename);
  store = await database.open("due");
});
afterAll(() => database.close());

test("a source that is taken while it is made due is answered with its run", async () => {
  const idle = makeSource("taken", { nextDueAt: earlier });
  await store.collections.sources.insertOne(idle);
  let isTaken = false;
  const { sources } = store.collections;
  const meanwhile: typeof sources.updateOne = async (...update) => {
    const run = { runId: "run", now: earlier, nextDueAt: later };
    if (!isTaken) await takeSources(store, [{ source: idle, run }]);
    isTaken = true;
    return sources.updateOne(...update);
  };
  const racing = withFaults(sources, { updateOne: () => meanwhile });
  const between = { ...store, collections: { ...store.collections, sources: racing } };
  const [source] = await makeDue(between, requestedAt, ["taken"]);
  expect(source).toMatchObject({ _id: "taken", openRunId: "run", nextDueAt: later });
});

test("sources that were not looked at since become due, others stay as they are", async () => {
  await store.collections.sources.insertMany([
    makeSource("old", { nextDueAt: later, lastAttemptAt: earlier }),
    makeSource("seen", { nextDueAt: later, lastAttemptAt: requestedAt }),
    makeSource("paused", { nextDueAt: null, paused: { reason: "moved" } }),
  ]);
  const wanted = await makeDue(store, requestedAt, ["old", "seen", "paused"]);
  expect(wanted.map(({ _id }) => _id).toSorted()).toEqual(["old", "seen"]);
  const due = await store.collections.sources.find({ _id: { $in: ["old", "seen"] } }).toArray();
  const times = Object.fromEntries(due.map(({ _id, nextDueAt }) => [_id, nextDueAt]));
  expect(times["seen"]).toEqual(later);
  expect(times["old"]).not.toEqual(later);
});

const pause = { reason: "they asked", actor: "cli ada", at: requestedAt };
test.each([
  ["until", "when an operator's pause ends", {}, { until: later }, later],
  ["endless", "never if the operator's pause has no end", {}, {}, null],
  [
    "by-file",
    "never if its file's pause has no end",
    { paused: { reason: "moved" } },
    { until: later },
    null,
  ],
  [
    "longer-by-file",
    "when its file's pause ends if that is later",
    { paused: { reason: "moved", until: new Date("2027-01-01") } },
    { until: later },
    new Date("2027-01-01"),
  ],
  ["retired", "never if it is no longer active", { active: false }, { until: later }, null],
])("a source that an operator pauses (%s) is due %s", async (id, _, source, until, due) => {
  await store.collections.sources.insertOne(makeSource(id, { nextDueAt: earlier, ...source }));
  expect(await pauseSource(store, id, { ...pause, ...until })).toBe(true);
  expect(await getSource(store, id)).toMatchObject({ nextDueAt: due });
});
