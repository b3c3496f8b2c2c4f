import { afterAll, beforeAll, expect, test } from "vitest";
import { readPinned } from "../../../../store/articles/listing.ts";
import { readStoryArticles, readStoryMembers } from "../../../../store/articles/stories.ts";
import type { Store } from "../../../../store/store.ts";
import { makeArticle } from "../../../helpers/articles.ts";
import { startTestDatabase, type TestDatabase } from "../../../helpers/database.ts";

const NOW = new Date("2026-11-25T12:00:00Z");
let database: TestDatabase;
let store: Store;

beforeAll(async () => {
  database = await startTestDatabase(import.meta.filename);
  store = await database.open("stories");
});
afterAll(() => database.close());

test("a story of more than 200 articles is led by its representative", async () => {
  const others = Array.from({ length: 210 }, (_, index) =>
    makeArticle(`a${index}`, {
      storyId: "first",
      status: index < 100 ? "unlisted" : "published",
    }),
  );
  await store.collections.articles.insertMany(others);
  await store.collections.articles.insertOne(makeArticle("first", { storyId: "first" }));
  const members = await readStoryMembers(store, "first");
  expect(members.map(({ _id }) => _id)[0]).toBe("first");
  expect(members).toHaveLength(200);
  const published = await readStoryArticles(store, "first");
  expect(published.map(({ _id }) => _id)[0]).toBe("first");
  expect(published).toHaveLength(111);
});

test("an unpublished article takes no place of a pinned one", async () => {
  const pinnedUntil = new Date("2026-11-26T12:00:00Z");
  await store.collections.articles.insertMany([
    makeArticle("withdrawn", { pinnedUntil, status: "retracted" }),
    makeArticle("shown", { pinnedUntil }),
  ]);
  expect((await readPinned(store, NOW, 1)).map(({ _id }) => _id)).toEqual(["shown"]);
});

test("of more pinned articles than the limit, the newest are returned", async () => {
  const articles = Array.from({ length: 5 }, (_, n) =>
    makeArticle(`pinned-${n}`, {
      sortAt: new Date(Date.UTC(2026, 10, 20, n)),
      pinnedUntil: new Date(Date.UTC(2026, 11, 20, n)),
    }),
  );
  await store.collections.articles.deleteMany({});
  await store.collections.articles.insertMany(articles);
  const ids = (await readPinned(store, NOW, 2)).map(({ _id }) => _id);
  expect(ids).toEqual(["pinned-4", "pinned-3"]);
});
