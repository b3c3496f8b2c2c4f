import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { removeChanges } from "../../../../store/archive/retention.ts";
import { followHead, headSeq, readChanges } from "../../../../store/publish/changes.ts";
import { ALL_DAYS } from "../../../../store/publish/counters.ts";
import type { Store } from "../../../../store/store.ts";
import { makeArticle, publishArticles } from "../../../helpers/articles.ts";
import { startTestDatabase, type TestDatabase } from "../../../helpers/database.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await startTestDatabase(import.meta.filename);
});
afterAll(() => database.close());

describe("removing old changes", () => {
  const removed: number[] = [];
  let left: number[];
  let store: Store;
  const seqs = async (from: number) => (await readChanges(store, from, 100)).map(({ seq }) => seq);
  const publish = (from: number, to: number) => {
    const ids = Array.from({ length: to - from }, (_, n) => `a${from + n}`);
    return publishArticles(
      store,
      "created",
      ids.map((id) => makeArticle(id)),
    );
  };
  /**
   * After all that may go went: what went, the head, and the head and its changes after new
   * articles.
   */
  let [removedLater, head, followed, next] = [0, 0, 0, 0];
  let [leftLater, followedChanges]: number[][] = [];

  beforeAll(async () => {
    store = await database.open("changes");
    const { changes, meta } = store.collections;
    await publish(0, 10);
    const old = new Date(Date.now() - 3_600_000);
    await changes.updateMany({ seq: { $gt: 0, $lte: 6 } }, { $set: { at: old } });
    const until = new Date(old.getTime() + 1);
    for (let n = 0; n < 3; n++) removed.push(await removeChanges(store, until, 4));
    left = await seqs(6);

    // A sequencer that ended before it could say how far it was: nobody may find the head too early.
    await meta.updateOne({ _id: "head" }, { $set: { value: 8 } });
    removedLater = await removeChanges(store, new Date(Date.now() + 60_000), 100);
    leftLater = await seqs(9);
    head = await headSeq(store);
    const follow = followHead(store);
    followed = await follow();
    await publish(10, 12);
    next = await follow();
    followedChanges = await seqs(9);
  });

  test("Old changes are removed in pieces until none is left", () => {
    expect(removed).toEqual([4, 2, 0]);
  });

  test("Changes that are not old stay", () => {
    expect(left).toEqual([7, 8, 9, 10]);
  });

  test("The newest change stays, however old it is", () => {
    expect(removedLater).toBe(3);
    expect(leftLater).toEqual([10]);
  });

  test("The head is right though the sequencer died before it stored it", () => {
    expect(head).toBe(10);
    expect(followed).toBe(10);
  });

  test("The stream goes on behind its head", () => {
    expect(next).toBe(12);
    expect(followedChanges).toEqual([10, 11, 12]);
  });
});

test("changes that the counters haven't counted yet stay", async () => {
  const store = await database.open("uncounted");
  const articles = Array.from({ length: 6 }, (_, n) => makeArticle(`a${n}`));
  await publishArticles(store, "created", articles);
  await store.collections.days.updateOne({ _id: ALL_DAYS }, { $set: { seq: 2 } });
  expect(await removeChanges(store, new Date(Date.now() + 60_000), 100)).toBe(2);
  expect((await readChanges(store, 2, 100)).map(({ seq }) => seq)).toEqual([3, 4, 5, 6]);
});
