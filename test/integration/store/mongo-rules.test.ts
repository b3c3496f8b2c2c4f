import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Store } from "../../../store/store.ts";
import { startTestDatabase, type TestDatabase } from "../../helpers/database.ts";
import { fillStore } from "../../helpers/full-store.ts";
import { brokenRules } from "../../helpers/mongo-rules.ts";

let database: TestDatabase;
let store: Store;
beforeAll(async () => {
  database = await startTestDatabase(import.meta.filename);
  store = await database.open("rules");
  await fillStore(store, 40);
});
afterAll(() => database.close());

test("MongoDB takes every document of a store that was filled", async () => {
  for (const name of Object.keys(store.collections)) {
    for await (const document of store.db.collection(name).find()) {
      expect(brokenRules(name, document)).toEqual([]);
    }
  }
});

describe("the check of MongoDB's rules", () => {
  test.each([
    ["a name with a dot", { a: { "b.c": 1 } }, "must not contain '.'"],
    ["a name that starts with $", { a: { $b: 1 } }, "must not start with '$'"],
    ["more than 16 MB", { a: "x".repeat(17 * 1024 * 1024) }, "over 16 MB"],
    ["two arrays in one index", { sourceId: ["a"], sortAt: ["b"] }, "parallel arrays"],
    ["a long entry of an index", { storyId: "x".repeat(2000) }, "longer than 1024"],
    ["an array as _id", { _id: ["a"] }, "its _id is an array"],
  ])("finds %s", (_, document, words) => {
    expect(brokenRules("articles", document)).toContainEqual(expect.stringContaining(words));
  });

  test("finds nesting that is too deep", () => {
    let deep: object = {};
    for (let n = 0; n < 120; n++) deep = { deep };
    expect(brokenRules("articles", deep)).toContainEqual(expect.stringContaining("nested deeper"));
  });
});
