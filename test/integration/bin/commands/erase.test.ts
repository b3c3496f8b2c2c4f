import { afterAll, beforeAll, expect, test } from "vitest";
import { makeArticle, publishArticles } from "../../../helpers/articles.ts";
import { cliOn } from "../../../helpers/cli.ts";
import { startTestDatabase, type TestDatabase } from "../../../helpers/database.ts";
import { remainsOf } from "../../../helpers/remains.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await startTestDatabase(import.meta.filename);
});
afterAll(() => database.close());

test("an operator sees what would go, then it goes; a reason that names the person doesn't pass", async () => {
  const store = await database.open("erase");
  const cli = cliOn(store);
  const text = "The office goes to Zelda Quarrington, who said little.";
  await publishArticles(store, "created", [makeArticle("named", { text }), makeArticle("other")]);
  const person = ["erase", "person", "Zelda Quarrington", "--json"];
  const [dry, telling, without, bad] = await Promise.all([
    cli([...person, "--reason", "asked for in writing", "--dry-run"]),
    cli([...person, "--reason", "zelda  quarrington asked"]),
    cli(person),
    cli(["erase", "url", "ftp://a.example/x", "--reason", "withdrawn"]),
  ]);
  expect(JSON.parse(dry.out)).toMatchObject({ articles: [{ _id: "named" }] });
  expect([telling.code, telling.err]).toEqual([2, expect.stringContaining("kept for good")]);
  expect([without.code, without.err]).toEqual([2, expect.stringContaining("--reason")]);
  expect([bad.code, bad.err]).toEqual([2, expect.stringContaining("absolute http(s) address")]);
  expect((await remainsOf(store, ["quarrington"])).length).toBeGreaterThan(0);

  const done = await cli([...person, "--reason", "asked for in writing"]);
  expect(done.code).toBe(0);
  expect(await remainsOf(store, ["quarrington"])).toEqual([]);
  const left = await store.collections.articles.findOne({ _id: "other" });
  expect(left).toMatchObject({ status: "published", title: "Title of other" });
});
