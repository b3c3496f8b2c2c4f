import { afterAll, beforeAll, expect, test } from "vitest";
import type { Store } from "../../../../../store/store.ts";
import { makeArticle, publishArticles } from "../../../../helpers/articles.ts";
import type { CliEnd } from "../../../../helpers/cli.ts";
import { commandsOn } from "../../../../helpers/commands-here.ts";
import { startTestDatabase, type TestDatabase } from "../../../../helpers/database.ts";
import { remainsOf } from "../../../../helpers/remains.ts";

let database: TestDatabase;
let store: Store;
/** How each command ended. */
const ended: Record<string, CliEnd> = {};
/** What the store still has of the person, before and after the erasure. */
const remains: { before: unknown[]; after: unknown[] } = { before: [], after: [] };
beforeAll(async () => {
  database = await startTestDatabase(import.meta.filename);
  store = await database.open("erase");
  const cli = commandsOn(store);
  const text = "The office goes to Zelda Quarrington, who said little.";
  await publishArticles(store, "created", [
    makeArticle("named", { text }),
    makeArticle("other"),
    makeArticle("han", { text: "导演李小龙去世" }),
  ]);
  const person = ["erase", "person", "Zelda Quarrington", "--json"];
  const han = ["erase", "person", "李小龙", "--reason", "asked for in writing", "--dry-run"];
  const [dryRun, hanName, shortName, reasonNamesPerson, noReason, wrongUrl] = await Promise.all([
    cli([...person, "--reason", "asked for in writing", "--dry-run"]),
    cli([...han, "--json"]),
    cli([...han, "--also", "Lee"]),
    cli([...person, "--reason", "zelda  quarrington asked"]),
    cli(person),
    cli(["erase", "url", "ftp://a.example/x", "--reason", "withdrawn"]),
  ]);
  remains.before = await remainsOf(store, ["quarrington"]);
  const erased = await cli([...person, "--reason", "asked for in writing"]);
  remains.after = await remainsOf(store, ["quarrington"]);
  Object.assign(ended, {
    dryRun,
    hanName,
    shortName,
    reasonNamesPerson,
    noReason,
    wrongUrl,
    erased,
  });
});
afterAll(() => database.close());

test("A dry run lists the articles that name a person, and erases nothing", () => {
  expect(JSON.parse(ended["dryRun"]?.out ?? "")).toMatchObject({ articles: [{ _id: "named" }] });
  expect(remains.before.length).toBeGreaterThan(0);
});

test("A person with a Chinese name of three characters is found", () => {
  expect(JSON.parse(ended["hanName"]?.out ?? "")).toMatchObject({ articles: [{ _id: "han" }] });
});

test.each([
  { what: "A short name", command: "shortName", words: '"Lee" is too short' },
  {
    what: "A reason that names the person",
    command: "reasonNamesPerson",
    words: "keeps the reason permanently",
  },
  { what: "An erasure without a reason", command: "noReason", words: "--reason" },
  { what: "A URL that isn't HTTP", command: "wrongUrl", words: "absolute http(s) URL" },
])("$what is refused", ({ command, words }) => {
  const { code, err } = ended[command] ?? {};
  expect([code, err]).toEqual([2, expect.stringContaining(words)]);
});

test("An erased person is named nowhere in the store", () => {
  expect(ended["erased"]?.code).toBe(0);
  expect(remains.after).toEqual([]);
});

test("An article that doesn't name the person stays as it is", async () => {
  const other = await store.collections.articles.findOne({ _id: "other" });
  expect(other).toMatchObject({ status: "published", title: "Title of other" });
});
