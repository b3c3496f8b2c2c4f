import { afterAll, beforeAll, expect, test } from "vitest";
import { followHead, headSeq, readChanges } from "../../../store/changes.ts";
import { ALL } from "../../../store/days.ts";
import { removeChanges } from "../../../store/retention.ts";
import { makeArticle, publishArticles } from "../../helpers/articles.ts";
import { startTestDatabase, type TestDatabase } from "../../helpers/database.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await startTestDatabase(import.meta.filename);
});
afterAll(() => database.close());

test("the oldest changes go, never the newest, and the stream goes on behind its head", async () => {
  const store = await database.open("changes");
  const { changes, meta } = store.collections;
  const make = (from: number, to: number) =>
    Array.from({ length: to - from }, (_, n) => makeArticle(`a${from + n}`));
  await publishArticles(store, "created", make(0, 10));
  const old = new Date(Date.now() - 3_600_000);
  await changes.updateMany({ seq: { $gt: 0, $lte: 6 } }, { $set: { at: old } });
  const until = new Date(old.getTime() + 1);
  expect(await removeChanges(store, until, 4)).toBe(4);
  expect(await removeChanges(store, until, 4)).toBe(2);
  expect(await removeChanges(store, until, 4)).toBe(0);
  expect((await readChanges(store, 6, 100)).map(({ seq }) => seq)).toEqual([7, 8, 9, 10]);

  // A sequencer that ended before it could say how far it was: nobody may find the head too early.
  await meta.updateOne({ _id: "head" }, { $set: { value: 8 } });
  const later = new Date(Date.now() + 60_000);
  expect(await removeChanges(store, later, 100)).toBe(3);
  expect(await headSeq(store)).toBe(10);
  const head = followHead(store);
  expect(await head()).toBe(10);
  await publishArticles(store, "created", make(10, 12));
  expect(await head()).toBe(12);
  expect((await readChanges(store, 9, 100)).map(({ seq }) => seq)).toEqual([10, 11, 12]);
});

test("changes that the counters haven't counted yet stay", async () => {
  const store = await database.open("uncounted");
  const articles = Array.from({ length: 6 }, (_, n) => makeArticle(`a${n}`));
  await publishArticles(store, "created", articles);
  await store.collections.days.updateOne({ _id: ALL }, { $set: { seq: 2 } });
  expect(await removeChanges(store, new Date(Date.now() + 60_000), 100)).toBe(2);
  expect((await readChanges(store, 2, 100)).map(({ seq }) => seq)).toEqual([3, 4, 5, 6]);
});
