import { afterAll, beforeAll, expect, test } from "vitest";
import { QUALITY_WINDOW_ARTICLES } from "../../../../model/sources/health.ts";
import {
  addBoilerplate,
  boilerplateKeys,
  countQuality,
  readBoilerplate,
  readFill,
} from "../../../../store/sources/learned.ts";
import { startTestDatabase, type TestDatabase } from "../../../helpers/database.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await startTestDatabase(import.meta.filename);
});
afterAll(() => database.close());

test("rates are those of the latest articles: older ones go with their half of the window", async () => {
  const store = await database.open("rates");
  const count = (articles: number, dated: number) =>
    countQuality(
      store,
      new Map([["city", { articles, fieldScore: articles * 0.5, fields: { publishedAt: dated } }]]),
    );
  await count(QUALITY_WINDOW_ARTICLES - 10, 0);
  await count(20, 0);
  expect((await readFill(store)).get("city")).toMatchObject({
    articles: QUALITY_WINDOW_ARTICLES + 10,
    fieldScore: 0.5,
    fields: { publishedAt: 0, title: 0 },
  });
  await count(QUALITY_WINDOW_ARTICLES, QUALITY_WINDOW_ARTICLES);
  await Promise.all([count(60, 60), count(30, 30)]);
  const fill = (await readFill(store)).get("city");
  expect(fill).toMatchObject({
    articles: QUALITY_WINDOW_ARTICLES + 90,
    fields: { publishedAt: 1 },
  });
});

test("what processes learn at the same time is all kept, within the bounds", async () => {
  const store = await database.open("learnt");
  const at = new Date("2026-11-25T12:00:00Z");
  const add = (n: number) =>
    addBoilerplate(
      store,
      [
        {
          sourceId: "city",
          recent: [{ article: `a${n}`, paragraphs: `k${n}:90 j${n}:90`, without: "" }],
          known: [{ key: `k${n}`, text: "Read on", articles: [`a${n}`], at }],
        },
      ],
      { at, limits: { articles: 3, paragraphs: 4 } },
    );
  await add(0);
  await Promise.all([add(1), add(2)]);
  expect((await boilerplateKeys(store, "city")).toSorted()).toEqual(["k0", "k1", "k2"]);
  for (const n of [3, 4, 5]) await add(n);
  const stored = (await readBoilerplate(store, ["city", "other"])).get("city");
  expect(stored?.recent.map(({ article }) => article)).toEqual(["a3", "a4", "a5"]);
  expect(stored?.known).toHaveLength(4);
  expect(stored).toMatchObject({ version: 6 });
  expect(await boilerplateKeys(store, "other")).toEqual([]);
});
