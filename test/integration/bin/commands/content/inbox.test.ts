import { afterAll, beforeAll, expect, test } from "vitest";
import { makeArticle } from "../../../../helpers/articles.ts";
import { commandsOn } from "../../../../helpers/commands-here.ts";
import { startTestDatabase, type TestDatabase } from "../../../../helpers/database.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await startTestDatabase(import.meta.filename);
});
afterAll(() => database.close());

test("An inbox with more articles than the command lists says so", async () => {
  const store = await database.open("inbox");
  const waitsSince = new Date(Date.now() - 60_000);
  const editorial = { state: "new", initialState: "new", isDecided: false, waitsSince } as const;
  const waiting = Array.from({ length: 201 }, (_, n) => makeArticle(`a${n}`, { editorial }));
  await store.collections.articles.insertMany(waiting.slice(1));
  const cli = commandsOn(store);
  const list = ["article", "inbox", "--json"];
  const whole = await cli(list);
  await store.collections.articles.insertMany(waiting.slice(0, 1));
  const cut = await cli(list);
  expect([JSON.parse(whole.out), whole.err]).toEqual([expect.any(Array), ""]);
  expect(JSON.parse(cut.out)).toHaveLength(200);
  expect(cut.err).toContain("only the latest 200");
});
