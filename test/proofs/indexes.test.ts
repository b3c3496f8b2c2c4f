import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { articlesByHour } from "../../store/articles/articles.ts";
import * as links from "../../store/crawl/links.ts";
import { runsWithDueLinks } from "../../store/crawl/runs.ts";
import { addKey } from "../../store/operations/accounts.ts";
import { readHealthRecords } from "../../store/sources/sources.ts";
import type { Store } from "../../store/store.ts";
import { type Access, type WatchedStore, watchStore } from "../helpers/access.ts";
import { CAPTURE_VERBS } from "../helpers/capture-verbs.ts";
import { startTestDatabase, type TestDatabase } from "../helpers/database.ts";
import { fillStore, MANY, NOW } from "../helpers/full-store.ts";
import { PUBLISH_VERBS } from "../helpers/publish-verbs.ts";
import { RUN_VERBS } from "../helpers/run-verbs.ts";
import { STAGING_SET_VERBS } from "../helpers/staging-set-verbs.ts";
import { fillSourceDays, fillStatistics, STATISTICS_VERBS } from "../helpers/statistics-verbs.ts";
import { VERBS } from "../helpers/store-verbs.ts";

/** No query may look at a tenth of what there is. */
const FEW = MANY / 10;

let database: TestDatabase;
let watched: WatchedStore;
beforeAll(async () => {
  database = await startTestDatabase(import.meta.filename);
  const store = await database.open("explain");
  await fillStore(store);
  // There is no plan for a collection that isn't there.
  const key = {
    _id: "k-1",
    name: "one",
    scopes: [],
    secretHash: "",
    createdAt: NOW,
    createdBy: "",
  };
  await addKey(store, { ...key, expiresAt: null });
  await fillStatistics(store, 300);
  await fillSourceDays(store, MANY);
  watched = await watchStore(store);
}, 180_000);
afterAll(async () => {
  await watched?.close();
  await database?.close();
});

const found = (access: Access[]) =>
  access.map(({ collection, index, examined }) => ({ collection, index, examined }));

describe("a store with thousands of documents in each collection", () => {
  test.each([
    ...VERBS,
    ...RUN_VERBS,
    ...CAPTURE_VERBS,
    ...PUBLISH_VERBS,
    ...STAGING_SET_VERBS,
    ...STATISTICS_VERBS,
  ])("%s reads by an index and little", async (_name, verb) => {
    const access = await watched.watch(verb);
    expect(access).not.toEqual([]);
    const costly = access.filter(({ index, examined }) => index === null || examined > FEW);
    expect(costly).toEqual([]);
  });

  test("how all sources stand is the one thing that reads each of them", async () => {
    const access = await watched.watch(readHealthRecords);
    expect(found(access)).toEqual([{ collection: "sources", index: null, examined: MANY }]);
  });

  test("of runs that had links due before, one link each is read", async () => {
    const ask = (store: Store) => runsWithDueLinks(store, ["run-4", "run-14"], NOW);
    await watched.watch(ask);
    const access = await watched.watch(ask);
    expect(found(access)).toEqual([{ collection: "links", index: "_id_", examined: 2 }]);
  });

  test("articles of the last hours are read by their index", async () => {
    const [access] = await watched.watch((store) => articlesByHour(store, NOW, { hours: 24 }));
    expect(access).toMatchObject({ collection: "articles", index: "sortAt_1__id_1" });
    expect(access?.examined).toBeLessThan(FEW);
  });

  test("countDue is served by an index, so a full backlog is noticed cheaply", async () => {
    const [access] = await watched.watch((store) => links.countDue(store, NOW, 100));
    expect(access?.index).toBe("dueAt_1");
  });

  test("a query that no index serves is found out", async () => {
    const access = await watched.watch((store) => store.collections.links.findOne({ detail: "x" }));
    expect(found(access)).toEqual([{ collection: "links", index: null, examined: 2 * MANY }]);
  });
});
