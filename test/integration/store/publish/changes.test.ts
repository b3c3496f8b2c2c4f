import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { sequence } from "../../../../articles/stream/sequencer.ts";
import { toItem } from "../../../../model/articles/article.ts";
import { getArticles, writeArticles } from "../../../../store/articles/articles.ts";
import { appendChanges, headSeq, readChanges } from "../../../../store/publish/changes.ts";
import type { Store } from "../../../../store/store.ts";
import { write, writeOf } from "../../../helpers/article-writes.ts";
import { makeArticle } from "../../../helpers/articles.ts";
import { countCommands } from "../../../helpers/commands.ts";
import { startTestDatabase, type TestDatabase } from "../../../helpers/database.ts";
import { withFaults } from "../../../helpers/faults.ts";
import { readOn, streamProblems, unread } from "../../../helpers/outcome.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await startTestDatabase(import.meta.filename);
});
afterAll(() => database.close());

test("what the fault bench asks the stream finds gaps, repeats and numbers that were written anew", async () => {
  const store = await database.open("broken");
  const { changes } = store.collections;
  for (const id of ["a", "b", "c"]) await write(store, id, "one", "2026-11-24");
  await sequence(store, new Date());
  const follower = unread();
  await readOn(store, follower);
  expect(follower).toMatchObject({ seq: 3, problems: [] });

  await changes.updateOne({ seq: 3 }, { $set: { version: 2 } });
  await readOn(store, follower);
  expect(follower.problems).toEqual([]);
  const again = unread();
  await readOn(store, again);
  expect(again.digest).not.toBe(follower.digest);
  expect(again.problems).toEqual([expect.stringMatching(/: version 2 after 0$/)]);
  await changes.deleteOne({ seq: 3 });
  expect(await streamProblems(store)).toEqual([expect.stringMatching(/has version 1, .* at 0$/)]);
  await changes.deleteOne({ seq: 2 });
  await write(store, "a", "two", "2026-11-24");
  await changes.insertOne({
    ...(await changes.findOne({ seq: 1 })),
    _id: undefined,
    seq: 3,
    version: 2,
  } as never);
  expect(await streamProblems(store)).toContain("1 is followed by 3");
});

test("a sequencer that reads old waiting changes again appends nothing twice", async () => {
  const store = await database.open("again");
  await write(store, "a", "one", "2026-11-24");
  await write(store, "a", "two", "2026-11-24");
  const waiting = await store.collections.articles.findOne({ _id: "a" });
  expect(await sequence(store, new Date())).toBe(2);
  await write(store, "a", "three", "2026-11-24");
  // As a process does that slept through all of it.
  const old = (waiting?.pending ?? []).map((change) => ({ articleId: "a", ...change }));
  await appendChanges(store, 0, old);
  await sequence(store, new Date());
  const stream = await readChanges(store, 0, 10);
  expect(stream.map(({ seq, version }) => [seq, version])).toEqual([
    [1, 1],
    [2, 2],
    [3, 3],
  ]);
});

test("what is in the stream already is found by its version, however many versions its article had", async () => {
  const store = await database.open("versions");
  const item = toItem(makeArticle("a"));
  const change = (articleId: string, version: number) => {
    return { articleId, version, kind: "created" as const, before: null, item, at: new Date() };
  };
  const many = Array.from({ length: 60 }, (_, n) => change("a", n + 1));
  const newest = [change("a", 61), change("b", 1)];
  await appendChanges(store, 0, [...many, ...newest]);
  const counted = await countCommands(store);
  // One died before it took off what it had moved; the other read the stream before two were moved.
  for (const [head, after] of [[62, 63] as const, [60, 64] as const]) {
    counted.reset();
    const overrides = [...newest, change("c", head)];
    expect(await appendChanges(counted.store, head, overrides)).toBe(after);
    expect(counted.read()).toBeLessThan(6);
  }
  expect((await readChanges(store, 60, 10)).map(({ articleId }) => articleId)).toEqual([
    "a",
    "b",
    "c",
    "c",
  ]);
  await counted.close();
});

describe("a stream of 1100 changes whose head is noted at 3", () => {
  let store: Store;
  beforeAll(async () => {
    store = await database.open("long");
    const item = toItem(makeArticle("a"));
    const changes = Array.from({ length: 1100 }, (_, n) => {
      const kind = "created" as const;
      return { articleId: "a", version: n + 1, kind, before: null, item, at: new Date() };
    });
    await appendChanges(store, 0, changes);
    await store.collections.meta.updateOne({ _id: "head" }, { $set: { value: 3 } });
  });

  test("has its head at its newest change", async () => {
    expect(await headSeq(store)).toBe(1100);
  });

  test("is read in pages that are full up to their limit", async () => {
    const page = await readChanges(store, 2, 3);
    expect(page.map(({ seq }) => seq)).toEqual([3, 4, 5]);
  });
});

/** Puts changes made at these minutes into a new stream; answers which ones are there, with their minutes. */
async function streamOf(name: string, changes: [id: string, minute: number][]): Promise<string[]> {
  const store = await database.open(name);
  const minute = (n: number) => new Date(Date.UTC(2026, 10, 24, 8, n));
  for (const [n, [id, at]] of changes.entries()) {
    await write(store, id, `text ${n}`, "2026-11-24", minute(at));
  }
  expect(await sequence(store, minute(59))).toBe(changes.length);
  const stream = await readChanges(store, 0, 10);
  return stream.map(
    ({ articleId, version, at }) => `${articleId}:${version} ${at.getUTCMinutes()}`,
  );
}

test("changes of several articles enter the stream in the order of their times", async () => {
  const changes: [string, number][] = [
    ["a", 1],
    ["b", 2],
    ["a", 4],
  ];
  expect(await streamOf("times", changes)).toEqual(["a:1 1", "b:1 2", "a:2 4"]);
});

test("versions of an article keep their order where the clock of a later writer is behind", async () => {
  const changes: [string, number][] = [
    ["a", 5],
    ["a", 3],
    ["b", 4],
  ];
  expect(await streamOf("clocks", changes)).toEqual(["b:1 4", "a:1 5", "a:2 5"]);
});

test("changes written while the sequencer is at an article stay waiting", async () => {
  const store = await database.open("while");
  await write(store, "a", "one", "2026-11-24");
  const log = store.collections.changes;
  const meanwhile: typeof log.insertMany = async (rows, options) => {
    await write(store, "a", "two", "2026-11-24");
    return log.insertMany(rows, options);
  };
  const changes = withFaults(log, { insertMany: () => meanwhile });
  const between = { ...store, collections: { ...store.collections, changes } };
  expect(await sequence(between, new Date())).toBe(1);
  const [article] = await store.collections.articles.find().toArray();
  expect(article?.pending.map(({ version }) => version)).toEqual([2]);
  expect(await sequence(store, new Date())).toBe(1);
  expect((await readChanges(store, 0, 10)).map(({ version }) => version)).toEqual([1, 2]);
});

test("a write that lost its race is answered and changes nothing", async () => {
  const store = await database.open("lost");
  await write(store, "a", "first", "2026-11-24");
  const before = (await getArticles(store, ["a"])).get("a") ?? null;
  await write(store, "a", "faster", "2026-11-24");
  const late = writeOf(makeArticle("a", { title: "late", captureId: "late" }), before);
  const twin = writeOf(makeArticle("a", { title: "twin", captureId: "twin" }), null);
  const fresh = writeOf(makeArticle("b", { captureId: "b" }), null);
  expect(await writeArticles(store, [late, fresh])).toEqual([late]);
  expect(await writeArticles(store, [twin, fresh])).toEqual([twin, fresh]);
  expect(await store.collections.articles.findOne({ _id: "a" })).toMatchObject({
    title: "faster",
    version: 2,
    pending: [{ version: 1 }, { version: 2 }],
  });
  expect(await store.collections.articles.findOne({ _id: "b" })).toMatchObject({ version: 1 });
});

test("a correction that lost its race to another one of the same capture is answered", async () => {
  const store = await database.open("corrected");
  await write(store, "a", "first", "2026-11-24");
  const before = (await getArticles(store, ["a"])).get("a") ?? null;
  const corrected = (title: string) => writeOf(makeArticle("a", { title }), before);
  const [faster, late] = [corrected("faster"), corrected("late")];
  expect(await writeArticles(store, [faster])).toEqual([]);
  await write(store, "b", "first", "2026-11-24");
  const other = (await getArticles(store, ["b"])).get("b") ?? null;
  const beside = writeOf(makeArticle("b", { title: "beside" }), other);
  expect(await writeArticles(store, [late, beside])).toEqual([late]);
});
