import { afterAll, beforeAll, expect, test } from "vitest";
import { ALL_DAYS, getDay } from "../../../../store/publish/days.ts";
import type { Store } from "../../../../store/store.ts";
import { startTestDatabase, type TestDatabase } from "../../../helpers/database.ts";

let database: TestDatabase;
let store: Store;
beforeAll(async () => {
  database = await startTestDatabase(import.meta.filename);
  store = await database.open("days");
});
afterAll(() => database.close());

test("Days that were counted before reservations were recorded keep their counts", async () => {
  const counts = { bySource: { town: 2 }, byTopic: {}, byCountry: {}, byLanguage: {} };
  await store.collections.days.insertOne({ _id: ALL_DAYS, seq: 7, articles: 2, ...counts });
  expect(await getDay(store, ALL_DAYS)).toMatchObject({
    seq: 7,
    articles: 2,
    bySource: { town: 2 },
  });
});
