import { afterAll, beforeAll, expect, test } from "vitest";
import { commitArticles } from "../../articles/ingest/commit.ts";
import { hours, idOf, pageOf } from "../helpers/article-pages.ts";
import { cliOn } from "../helpers/cli.ts";
import { startTestDatabase, type TestDatabase } from "../helpers/database.ts";
import { textOf } from "../helpers/site.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await startTestDatabase(import.meta.filename);
});
afterAll(() => database.close());

test("a story is shown with why each article is in it, split, joined and taken back", async () => {
  const store = await database.open("stories");
  const cli = cliOn(store);
  const text = textOf("wire");
  const pages = ["a", "b"].map((name, n) =>
    pageOf(name, { fields: { text, publishedAt: hours(n - 5) } }),
  );
  await commitArticles(store, pages, { timezone: "UTC", now: () => new Date() });
  const [a, b] = [idOf("a"), idOf("b")];
  const split = await cli(["stories", "split", b, "--reason", "two events"]);
  expect(split.err).toContain("saved; readers get an update");
  const alone = JSON.parse((await cli(["stories", "show", b, "--json"])).out);
  expect(alone).toMatchObject([{ _id: b, match: null, words: [{ reason: "two events" }] }]);
  const undone = await cli(["stories", "undo", split.out.trim(), "--reason", "one after all"]);
  expect(undone.err).toContain("undone; readers get an update");

  const [shown, none, again] = await Promise.all([
    cli(["stories", "show", b]),
    cli(["stories", "show", "none"]),
    cli(["stories", "join", a, b, "--reason", "one event"]),
  ]);
  expect(shown.out).toContain(`same text as ${a}, 1.00`);
  expect(shown.out).toContain("begins the story");
  expect([none.code, none.err]).toEqual([2, expect.stringContaining('there is no article "none"')]);
  expect([again.code, again.err]).toEqual([
    2,
    expect.stringContaining("already in the same story"),
  ]);
});
