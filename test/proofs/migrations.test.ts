import { afterAll, beforeAll, expect, test } from "vitest";
import { type Migration, migrate, SCHEMA_VERSION } from "../../store/migrations.ts";
import type { Store } from "../../store/store.ts";
import { makeArticle } from "../helpers/articles.ts";
import { startTestDatabase, type TestDatabase } from "../helpers/database.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await startTestDatabase(import.meta.filename);
});
afterAll(() => database.close());

const versionOf = async ({ collections }: Store) =>
  (await collections.meta.findOne({ _id: "schema" }))?.value;

const before: Migration[] = Array.from({ length: SCHEMA_VERSION }, () => async () => {
  throw new Error("a step that was done is run again");
});

/** Renames sections one document after the other; ends after `most` of them as a killed process would. */
const rename =
  (most: number): Migration =>
  async ({ collections: { articles } }) => {
    let done = 0;
    for await (const { _id } of articles.find({ section: "Old" })) {
      if (done++ === most) throw new Error("killed");
      await articles.updateOne({ _id }, { $set: { section: "New" } });
    }
  };

async function filled(name: string): Promise<Store> {
  const store = await database.open(name);
  const articles = Array.from({ length: 30 }, (_, n) => makeArticle(`a${n}`, { section: "Old" }));
  await store.collections.articles.insertMany(articles);
  return store;
}

const count = ({ collections }: Store, section: string) =>
  collections.articles.countDocuments({ section });

test("a new store has schema 1", async () => {
  const store = await database.open("new");
  expect(SCHEMA_VERSION).toBe(1);
  expect(await versionOf(store)).toBe(1);
});

test("a version that stores documents for another time changes the index", async () => {
  const store = await database.open("expiry");
  const index = { keyPattern: { closedAt: 1 }, expireAfterSeconds: 60 };
  await store.db.command({ collMod: "alarms", index });
  await store.collections.meta.deleteOne({ _id: "indexes" });
  await migrate(store);
  const found = await store.collections.alarms.indexes();
  expect(found.find(({ name }) => name === "closedAt_1")).toMatchObject({
    expireAfterSeconds: 30 * 86_400,
  });
});

test("a step that was stopped halfway is run again, those before it are not", async () => {
  const store = await filled("stopped");
  await expect(migrate(store, [...before, rename(10)])).rejects.toThrow("killed");
  expect(await versionOf(store)).toBe(SCHEMA_VERSION);
  expect(await count(store, "New")).toBe(10);
  await migrate(store, [...before, rename(Infinity)]);
  expect(await versionOf(store)).toBe(SCHEMA_VERSION + 1);
  expect(await count(store, "Old")).toBe(0);
});

test("processes that start together may all migrate", async () => {
  const store = await filled("together");
  const steps = [...before, rename(Infinity), rename(Infinity)];
  await Promise.all([1, 2, 3].map(() => migrate(store, steps)));
  expect(await versionOf(store)).toBe(SCHEMA_VERSION + 2);
  expect(await count(store, "New")).toBe(30);
});

test("a store of a newer newsgather is left alone", async () => {
  const store = await database.open("newer");
  await store.collections.meta.updateOne({ _id: "schema" }, { $set: { value: 99 } });
  await expect(migrate(store)).rejects.toThrow(/schema 99, but this Newsgather knows only up to/);
});

test("every write waits for a majority and the journal", async () => {
  const store = await database.open("concern");
  for (const collection of Object.values(store.collections)) {
    expect(collection.writeConcern).toMatchObject({ w: "majority", journal: true });
  }
});

test("indexes that came with a newer version are there after its first start", async () => {
  const store = await database.open("indexes");
  const { links, meta } = store.collections;
  await links.dropIndex("nextFetchAt_1");
  await meta.updateOne({ _id: "indexes" }, { $inc: { value: 1 } });
  await migrate(store, [...before, async () => {}]);
  expect((await links.indexes()).map(({ name }) => name)).toContain("nextFetchAt_1");
});

test("a start asks for no index when this version's are all there", async () => {
  const store = await database.open("no-index");
  const asked: string[] = [];
  store.client.on("commandStarted", ({ commandName }) => asked.push(commandName));
  await migrate(store);
  expect(asked).not.toContain("createIndexes");
  expect(asked).toContain("find");
});
