import { afterAll, beforeAll, expect, test } from "vitest";
import {
  addFeatures,
  encodeFingerprint,
  getFingerprints,
  putFeatures,
  staleSince,
} from "../../../../store/articles/fingerprints.ts";
import { startTestDatabase, type TestDatabase } from "../../../helpers/database.ts";
import { makePrint } from "../../../helpers/prints.ts";

const NOW = new Date("2026-11-25T12:00:00Z");
const before = (seconds: number) => new Date(NOW.getTime() - seconds * 1000);

let database: TestDatabase;
beforeAll(async () => {
  database = await startTestDatabase(import.meta.filename);
});
afterAll(() => database.close());

test("what waits to be decided comes from both ends, so that a backlog holds up none of today", async () => {
  const store = await database.open("stale");
  const waits = Array.from({ length: 9 }, (_, n) =>
    makePrint(`waits-${n}`, { staleAt: before(900 - n) }),
  );
  const prints = [
    ...waits,
    makePrint("late", { staleAt: before(60) }),
    makePrint("placed now", { staleAt: before(1) }),
    makePrint("decided"),
  ];
  await store.collections.fingerprints.insertMany(prints.map(encodeFingerprint));
  const stale = (limit: number) => staleSince(store, before(30), limit);
  expect(await stale(4)).toEqual(["waits-0", "waits-1", "late", "waits-8"]);
  expect((await stale(100)).toSorted()).toEqual(["late", ...waits.map(({ _id }) => _id)]);
});

test("features replace all earlier features, and leave the cluster", async () => {
  const store = await database.open("replaced");
  const cluster = { match: null, origin: "a", story: "a" };
  const { cluster: _, version: __, ...print } = makePrint("a");
  await addFeatures(store, [{ ...print, guid: "id", isAnnounced: true }], NOW);
  await store.collections.fingerprints.updateOne({ _id: "a" }, { $set: { cluster } });
  await putFeatures(store, [print], NOW);
  expect((await getFingerprints(store, ["a"])).get("a")).toEqual({
    ...print,
    cluster,
    staleAt: NOW,
    version: 2,
  });
  await putFeatures(store, [{ ...print, guid: "id", isAnnounced: true }], NOW);
  expect((await getFingerprints(store, ["a"])).get("a")).toMatchObject({
    guid: "id",
    isAnnounced: true,
    version: 3,
  });
});
