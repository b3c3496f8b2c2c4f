import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, test } from "vitest";
import { digest } from "../../../../lib/text.ts";
import type { Correction } from "../../../../model/articles/correction.ts";
import {
  capturesOfLinks,
  removeCaptures,
  removePartsOf,
} from "../../../../store/archive/erasure.ts";
import { addCaptures } from "../../../../store/crawl/captures.ts";
import type { Store } from "../../../../store/store.ts";
import { startTestDatabase, type TestDatabase } from "../../../helpers/database.ts";
import { makeCapture } from "../../../helpers/reading.ts";

const NOW = new Date("2026-11-25T12:00:00Z");

let database: TestDatabase;
let store: Store;
beforeAll(async () => {
  database = await startTestDatabase(import.meta.filename);
  store = await database.open("erasure");
});
afterAll(() => database.close());

function correctionOf(articleId: string): Correction {
  return {
    _id: `c-${articleId}`,
    articleId,
    word: { field: "topics", is: ["sports"] } as unknown as Correction["word"],
    actor: "user oscar",
    at: NOW,
    reason: "they wrote",
    undone: null,
  };
}

test("Captures whose bodies can't be removed stay, so that another try finds both", async () => {
  const bytes = gzipSync("about a person");
  const body = { _id: digest(bytes), bytes, encoding: "gzip" as const, size: 14, storedAt: NOW };
  const capture = makeCapture("https://city.example/a", { _id: "a", bodyId: body._id });
  await addCaptures(store, [capture], [body]);
  const bulkWrite = () => Promise.reject(new Error("the process ends"));
  const bodies = Object.create(store.collections.bodies, { bulkWrite: { value: bulkWrite } });
  const stopping = { ...store, collections: { ...store.collections, bodies } };
  await expect(removeCaptures(stopping, [capture])).rejects.toThrow("the process ends");
  await removeCaptures(store, await capturesOfLinks(store, [capture.linkId]));
  const { captures } = store.collections;
  const left = [await store.collections.bodies.countDocuments(), await captures.countDocuments()];
  expect(left).toEqual([0, 0]);
});

test("Of what is under way to articles only the part of an erased one goes", async () => {
  const corrections = [correctionOf("a1"), correctionOf("a2")];
  await store.collections.intents.insertMany([
    { _id: "both", at: NOW, articleIds: ["a1", "a2"], corrections, undone: [] },
    { _id: "own", at: NOW, articleIds: ["a1"], corrections: [correctionOf("a1")], undone: [] },
    { _id: "other", at: NOW, articleIds: ["a3"], corrections: [], undone: [] },
  ]);
  await removePartsOf(store, ["a1"]);
  const left = await store.collections.intents.find().sort({ _id: 1 }).toArray();
  expect(left).toMatchObject([
    { _id: "both", articleIds: ["a2"], corrections: [{ articleId: "a2" }] },
    { _id: "other", articleIds: ["a3"], corrections: [] },
  ]);
});

test("The boilerplate of a source forgets what erased articles taught it", async () => {
  const entry = (article: string) => ({ article, paragraphs: "k:90", without: "" });
  const learnt = (key: string, articles: string[]) => ({ key, text: "", articles, at: NOW });
  await store.collections.boilerplate.insertOne({
    _id: "cities",
    version: 1,
    recent: ["a1", "a2", "a3"].map(entry),
    known: [learnt("mixed", ["a3", "a2"]), learnt("own", ["a3"])],
  });
  await removePartsOf(store, ["a1", "a2"]);
  expect(await store.collections.boilerplate.findOne({ _id: "cities" })).toMatchObject({
    recent: [{ article: "a3" }],
    known: [{ key: "own" }],
  });
});
