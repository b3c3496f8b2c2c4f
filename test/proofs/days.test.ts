import { afterAll, beforeAll, expect, test } from "vitest";
import { readChanges } from "../../store/publish/changes.ts";
import { ALL_DAYS, countChanges, countUp, getDay } from "../../store/publish/counters.ts";
import { makeArticle, publishArticles } from "../helpers/articles.ts";
import { startTestDatabase, type TestDatabase } from "../helpers/database.ts";
import { withFaults } from "../helpers/faults.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await startTestDatabase(import.meta.filename);
});
afterAll(() => database.close());

const ofDay = (day: string) => ({ day, sortAt: new Date(`${day}T09:00:00Z`) });

test("created, moved, merged and retracted articles are counted on their day and in all", async () => {
  const store = await database.open("kinds");
  const [a, b, c] = ["a", "b", "c"].map((id) => makeArticle(id, ofDay("2026-11-24")));
  if (!a || !b || !c) throw new Error("three articles");
  await publishArticles(store, "created", [a, b, { ...c, topics: ["egov", "open.data$"] }]);
  expect(await getDay(store, "2026-11-24")).toMatchObject({
    articles: 3,
    bySource: { cities: 3 },
    byTopic: { "smart-city": 2, egov: 1, "open.data$": 1 },
    byCountry: { DE: 3 },
    byLanguage: { en: 3 },
  });

  await publishArticles(store, "updated", [{ ...a, ...ofDay("2026-11-25"), country: "FR" }]);
  expect(await getDay(store, "2026-11-24")).toMatchObject({ articles: 2, byCountry: { DE: 2 } });
  expect(await getDay(store, "2026-11-25")).toMatchObject({ articles: 1, byCountry: { FR: 1 } });

  await publishArticles(store, "merged", [{ ...b, duplicateOf: "a", storyId: "a" }]);
  await publishArticles(store, "retracted", [
    { ...c, topics: ["egov", "open.data$"], status: "retracted" },
  ]);
  expect(await getDay(store, "2026-11-24")).toMatchObject({
    articles: 0,
    bySource: {},
    byTopic: {},
  });
  expect(await getDay(store, ALL_DAYS)).toMatchObject({
    articles: 1,
    byTopic: { "smart-city": 1 },
    seq: 6,
  });

  await publishArticles(store, "updated", [b]);
  expect((await getDay(store, ALL_DAYS)).articles).toBe(2);
});

test("counting the same changes again, or in pieces, changes nothing", async () => {
  const store = await database.open("idempotent");
  const articles = Array.from({ length: 30 }, (_, index) =>
    makeArticle(`a${index}`, ofDay(index % 2 ? "2026-11-24" : "2026-11-25")),
  );
  await publishArticles(store, "created", articles);
  const before = [await getDay(store, ALL_DAYS), await getDay(store, "2026-11-24")];
  const changes = await readChanges(store, 0, 100);
  await countChanges(store, changes);
  await countChanges(store, changes.slice(5, 9));
  expect([await getDay(store, ALL_DAYS), await getDay(store, "2026-11-24")]).toEqual(before);
});

test("nothing is counted in all before it is on its days, whoever else counts meanwhile", async () => {
  const store = await database.open("in-order");
  await publishArticles(store, "created", [makeArticle("a", ofDay("2026-11-24"))]);
  const { days } = store.collections;
  await days.deleteMany({});
  const changes = await readChanges(store, 0, 10);
  const allAfter: number[] = [];
  // The first write finds that another process has counted the day since it was read.
  const racing = withFaults(days, {
    bulkWrite: () =>
      allAfter.length > 0
        ? undefined
        : async (...args) => {
            await days.insertOne({ ...(await getDay(store, "2026-11-24")), articles: 7, seq: 1 });
            const written = days.bulkWrite(...args);
            await written.catch(() => {});
            allAfter.push((await getDay(store, ALL_DAYS)).seq);
            return written;
          },
  });
  await countChanges({ ...store, collections: { ...store.collections, days: racing } }, changes);
  expect(allAfter).toEqual([0]);
  expect(await getDay(store, "2026-11-24")).toMatchObject({ articles: 7, seq: 1 });
  expect(await getDay(store, ALL_DAYS)).toMatchObject({ articles: 1, seq: 1 });
});

test("several processes that count at the same time count everything once", async () => {
  const store = await database.open("concurrent");
  const articles = Array.from({ length: 120 }, (_, index) =>
    makeArticle(`a${index}`, ofDay(`2026-11-${10 + (index % 12)}`)),
  );
  await publishArticles(store, "created", articles);
  await store.collections.days.deleteMany({});
  const counter = async () => {
    while ((await countUp(store, 7)) > 0);
  };
  await Promise.all([counter(), counter(), counter(), counter()]);
  expect(await getDay(store, ALL_DAYS)).toMatchObject({ articles: 120, seq: 120 });
  for (let day = 10; day < 22; day++) {
    expect((await getDay(store, `2026-11-${day}`)).articles).toBe(10);
  }
});
