import { afterAll, beforeAll, expect, test } from "vitest";
import { undoDecision } from "../../../../articles/editorial/decision.ts";
import { retractByEditor } from "../../../../articles/editorial/retract.ts";
import { getArticles } from "../../../../store/articles/articles.ts";
import type { Store } from "../../../../store/store.ts";
import { makeArticle } from "../../../helpers/articles.ts";
import { startTestDatabase, type TestDatabase } from "../../../helpers/database.ts";

const seconds = (n: number) => new Date(Date.UTC(2026, 10, 25, 12, 0, n));

let database: TestDatabase;
let store: Store;
beforeAll(async () => {
  database = await startTestDatabase(import.meta.filename);
  store = await database.open("decisions");
});
afterAll(() => database.close());

test("An editor's undo doesn't bring back what another editor had withdrawn before", async () => {
  await store.collections.articles.insertOne(makeArticle("a1"));
  const withdraw = (actor: string, n: number) =>
    retractByEditor(store, { articleId: "a1", actor, reason: "a complaint" }, seconds(n));
  await withdraw("user ada", 0);
  await withdraw("user bob", 5);
  const undo = { at: seconds(5), actor: "user bob", reason: "undone" };
  expect(await undoDecision(store, undo, () => seconds(9))).toEqual({
    done: 0,
    problems: [{ id: "a1", problem: "another decision retracted the article" }],
  });
  expect((await getArticles(store, ["a1"])).get("a1")).toMatchObject({ status: "retracted" });
});
