import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { dumpStore } from "../../archive/backup/dump.ts";
import { checkBackup } from "../../archive/backup/file.ts";
import { prepareRestore, restoreBackup } from "../../archive/backup/restore.ts";
import { correct } from "../../articles/editorial/correct.ts";
import { retractByEditor } from "../../articles/editorial/retract.ts";
import { erase } from "../../articles/erasure/erase.ts";
import { sequence } from "../../articles/stream/sequencer.ts";
import type { ArticleDecision } from "../../model/articles/correction.ts";
import type { Store } from "../../store/store.ts";
import { makeArticle, publishArticles } from "../helpers/articles.ts";
import { startTestDatabase, type TestDatabase } from "../helpers/database.ts";
import { makePortal } from "../helpers/portal.ts";
import { isVerify } from "../helpers/size.ts";

const NOW = new Date("2026-11-25T12:00:00Z");
/** Writes from one end of the process to the next; the first ones only empty collections. */
const STEP = isVerify ? 1 : 9;
const LATER = new Date("2099-01-01T00:00:00Z");
const options = { progress() {}, now: NOW };

let database: TestDatabase;
beforeAll(async () => {
  database = await startTestDatabase(import.meta.filename);
});
afterAll(() => database.close());

async function* each(lines: string[]) {
  yield* lines;
}

async function sequenceAll(store: Store): Promise<void> {
  while ((await sequence(store, new Date())) > 0);
}

async function say(store: Store, articleId: string, word: ArticleDecision): Promise<void> {
  const correction = { articleId, word, actor: "test", reason: "asked for" };
  expect(await correct(store, correction, { topics: [], now: new Date() })).toMatchObject({
    changed: true,
  });
}

/** What an editor takes from readers, or says otherwise, in many ways. */
async function takeBack(store: Store): Promise<void> {
  await publishArticles(store, "created", [makeArticle("fresh")]);
  for (const articleId of ["retracted", "fresh"]) {
    const correction = { articleId, actor: "test", reason: "a court asked for it" };
    await retractByEditor(store, correction, new Date());
  }
  await say(store, "embargoed", { field: "times", embargo: LATER });
  await say(store, "unpublished", { field: "state", say: "draft" });
  await say(store, "reworded", { field: "wording", language: null, title: "An editor's words" });
  const how = { reason: "asked for", actor: "test", dryRun: false, now: () => new Date() };
  await erase(store, { kind: "article", id: "erased" }, { ...how, progress() {} });
}

const IDS = ["kept", "retracted", "embargoed", "unpublished", "reworded", "erased"];

/** A backup during which an editor acts once the first line of a collection is written. */
async function dumpWhile(store: Store, moment: string, act: () => Promise<void>) {
  const lines: string[] = [];
  let acted = false;
  for await (const line of dumpStore(store, options)) {
    lines.push(line);
    if (acted || !line.startsWith(`{"c":"${moment}"`)) continue;
    acted = true;
    await act();
  }
  expect(acted).toBe(true);
  return lines;
}

async function restore(lines: string[], name: string): Promise<Store> {
  const store = await database.open(name);
  await checkBackup(each(lines));
  expect(await prepareRestore(store)).toEqual([]);
  await restoreBackup(store, each(lines), options);
  return store;
}

/** Titles that readers of the API get. */
async function shown(store: Store): Promise<Record<string, string>> {
  const portal = await makePortal(store);
  const { items } = (await portal.inject("/v1/articles?limit=100")).json<{
    items: { id: string; title: string }[];
  }>();
  await portal.close();
  return Object.fromEntries(items.map(({ id, title }) => [id, title]));
}

const LEFT = { kept: "Title of kept", reworded: "An editor's words" };

describe.each(["articles", "revisions", "audit"])(
  "what an editor does after a backup has begun with the %s",
  (moment) => {
    describe.each(["told", "waiting"])("and what is %s", (state) => {
      let copy: Store;
      let store: Store;
      beforeAll(async () => {
        store = await database.open(`${moment} ${state}`);
        await publishArticles(
          store,
          "created",
          IDS.map((id) => makeArticle(id)),
        );
        await store.collections.revisions.insertOne({ _id: "first" } as never);
        await store.collections.audit.insertOne({ at: NOW } as never);
        const lines = await dumpWhile(store, moment, async () => {
          await takeBack(store);
          if (state === "told") await sequenceAll(store);
        });
        copy = await restore(lines, `${moment} ${state} copy`);
      });

      test("holds after a restore for those who read articles", async () => {
        expect(await shown(copy)).toEqual(LEFT);
      });

      test("stays when the articles are decided anew by their corrections", async () => {
        const paused = await copy.collections.articles.findOne({ _id: "retracted" });
        expect(paused?.retraction).toMatchObject({ cause: "editor" });
        const words = await copy.collections.corrections.find({ undone: null }).toArray();
        expect(words.map(({ articleId }) => articleId).toSorted()).toEqual([
          "embargoed",
          "reworded",
          "unpublished",
        ]);
      });

      test("is told to those who follow the stream, each change once", async () => {
        await sequenceAll(copy);
        const changes = await copy.collections.changes.find().sort({ seq: 1 }).toArray();
        const versions = changes.map(({ articleId, version }) => `${articleId}:${version}`);
        expect(new Set(versions).size).toBe(versions.length);
        const last = new Map(changes.map(({ articleId, item }) => [articleId, item.status]));
        expect(last.get("retracted")).toBe("retracted");
        expect(last.get("embargoed")).toBe("unlisted");
      });
    });
  },
);

/** Everything that a store holds, by collection. */
async function contents(store: Store): Promise<object> {
  const all: Record<string, string[]> = {};
  for (const name of Object.keys(store.collections)) {
    const found = await store.db.collection(name).find().toArray();
    all[name] = found.map((one) => JSON.stringify(one)).toSorted();
  }
  return all;
}

const WRITES = [
  "insertMany",
  "bulkWrite",
  "updateOne",
  "replaceOne",
  "deleteOne",
  "deleteMany",
  "createIndexes",
] as const;

/** A store whose process ends at its n-th write; tells how many there were. */
function endingAt(store: Store, n: number): { store: Store; writes: () => number } {
  let count = 0;
  const wrap = <T extends object>(collection: T): T =>
    new Proxy(collection, {
      get(target, name) {
        const value: unknown = Reflect.get(target, name);
        if (typeof value !== "function") return value;
        if (!WRITES.some((write) => write === name)) return value.bind(target) as unknown;
        return (...args: unknown[]) => {
          count++;
          if (count === n) throw new Error("the process ended");
          return (value as (...overrides: unknown[]) => unknown).apply(target, args);
        };
      },
    });
  const collections = Object.fromEntries(
    Object.entries(store.collections).map(([name, collection]) => [name, wrap(collection)]),
  ) as unknown as Store["collections"];
  const db = new Proxy(store.db, {
    get(target, name) {
      if (name === "collection") return (of: string) => wrap(target.collection(of));
      const value: unknown = Reflect.get(target, name);
      return typeof value === "function" ? (value.bind(target) as unknown) : value;
    },
  });
  return { store: { ...store, collections, db }, writes: () => count };
}

test("a restore that ended between any two of its writes ends in the same store when it is run again", async () => {
  const origin = await database.open("origin");
  await publishArticles(
    origin,
    "created",
    IDS.map((id) => makeArticle(id)),
  );
  const lines = await dumpWhile(origin, "articles", async () => {
    await takeBack(origin);
    await sequenceAll(origin);
  });
  const whole = await contents(await restore(lines, "whole"));

  const target = await database.open("ended often");
  for (let n = 1; ; n += n < 40 ? 13 : STEP) {
    const ending = endingAt(target, n);
    const run = async (store: Store) => {
      const filled = await prepareRestore(store);
      if (filled.length === 0) await restoreBackup(store, each(lines), options);
    };
    const ended = await run(ending.store).then(
      () => false,
      () => true,
    );
    if (!ended) break;
    // Every second time it ends once more, elsewhere.
    if (n % 2 === 0) await run(endingAt(target, 3 + (n % 5)).store).catch(() => {});
    await run(target);
    expect(await contents(target), `ended at write ${n}`).toEqual(whole);
    // Of the store that this leaves, the next one is made as of one that was interrupted.
    await target.collections.meta.insertOne({ _id: "restoring", value: 1 });
  }
});
