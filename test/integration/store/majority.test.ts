import { afterAll, beforeAll, expect, test } from "vitest";
import { headSeq, readChanges } from "../../../store/publish/changes.ts";
import type { Store } from "../../../store/store.ts";
import { makeArticle, publishArticles } from "../../helpers/articles.ts";
import { startTestDatabase, type TestDatabase } from "../../helpers/database.ts";

let database: TestDatabase;
let store: Store;
beforeAll(async () => {
  database = await startTestDatabase(import.meta.filename);
  store = await database.open("majority");
});
afterAll(() => database.close());

test("the stream is read as a majority of the database's members has it, so nothing that was read is undone", async () => {
  await publishArticles(store, "created", [makeArticle("a"), makeArticle("b")]);
  const levels: unknown[] = [];
  const note = ({ command }: { command: Record<string, unknown> }) => {
    const { find, readConcern } = command as { find?: string; readConcern?: { level: string } };
    if (find === "changes" || find === "meta") levels.push(readConcern?.level);
  };
  store.client.on("commandStarted", note);
  const read = await readChanges(store, 0, 10);
  expect([read.length, await headSeq(store)]).toEqual([2, 2]);
  store.client.off("commandStarted", note);
  expect(levels.length).toBeGreaterThan(2);
  expect(new Set(levels)).toEqual(new Set(["majority"]));
});
