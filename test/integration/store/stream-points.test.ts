import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { removeChanges } from "../../../store/archive/retention.ts";
import { addEpoch, seqAt } from "../../../store/publish/changes.ts";
import type { Store } from "../../../store/store.ts";
import { bookmarkAt } from "../../../web/api/stream-position.ts";
import { makeArticle, publishArticles } from "../../helpers/articles.ts";
import { startTestDatabase, type TestDatabase } from "../../helpers/database.ts";

const at = (minute: number) => new Date(Date.UTC(2026, 10, 25, 8, minute));

let database: TestDatabase;
let store: Store;
/** Of five changes made at 8:01, 8:02, 8:03, 8:03 and 8:05 the first is no longer kept. */
beforeAll(async () => {
  database = await startTestDatabase(import.meta.filename);
  store = await database.open("points");
  const articles = Array.from({ length: 5 }, (_, n) => makeArticle(`a${n}`));
  await publishArticles(store, "created", articles);
  for (const [n, minute] of [1, 2, 3, 3, 5].entries()) {
    await store.collections.changes.updateOne({ seq: n + 1 }, { $set: { at: at(minute) } });
  }
  await removeChanges(store, at(2), 100);
  await addEpoch(store, new Date(7000));
});
afterAll(() => database.close());

describe("a time in the stream", () => {
  test("stands before the first change that was made just then", async () => {
    expect(await seqAt(store, at(3))).toBe(2);
  });

  test("between two changes stands between them", async () => {
    expect(await seqAt(store, at(4))).toBe(4);
  });

  test("after the newest change stands at the head", async () => {
    expect(await seqAt(store, at(6))).toBe(5);
  });

  test("before the oldest stored change stands before that one", async () => {
    expect(await seqAt(store, at(0))).toBe(1);
  });
});

describe("a bookmark", () => {
  test("at the start stands before the oldest stored change", async () => {
    expect(await bookmarkAt(store, "start", at(6))).toMatchObject({ seq: 1 });
  });

  test("carries how often the store was restored", async () => {
    expect(await bookmarkAt(store, "latest", at(6))).toMatchObject({ seq: 5, epoch: 7 });
  });
});
