import { afterAll, beforeAll, expect, test } from "vitest";
import { urlKey } from "../../../../crawler/links/url.ts";
import { claimAliases } from "../../../../store/articles/articles.ts";
import { ensureHosts } from "../../../../store/crawl/hosts.ts";
import { makeArticle, makeSource, publishArticles } from "../../../helpers/articles.ts";
import type { CliEnd } from "../../../helpers/cli.ts";
import { commandsOn } from "../../../helpers/commands-here.ts";
import { startTestDatabase, type TestDatabase } from "../../../helpers/database.ts";

const URL = "https://leeds.example/news/tram?utm_source=feed";

let database: TestDatabase;
let cli: (args: string[]) => Promise<CliEnd>;
beforeAll(async () => {
  database = await startTestDatabase(import.meta.filename);
  const store = await database.open("names");
  const _id = urlKey(URL);
  await store.collections.sources.insertOne(makeSource("leeds"));
  await publishArticles(store, "created", [
    makeArticle(_id, { url: URL, title: "A tram for Leeds", sourceId: "leeds" }),
  ]);
  const at = new Date();
  await claimAliases(store, [{ _id, articleId: _id, url: URL, kind: "self", at }]);
  const pace = { delay: 1000, concurrency: 1 };
  await ensureHosts(store, [
    { host: "leeds.example:443", ...pace },
    { host: "leeds.example:8080", ...pace },
  ]);
  cli = commandsOn(store);
});
afterAll(() => database.close());

const add = (option: string, value: string) => ["consumers", "add", "mine", option, value];

test.each([
  ["a source", ["health", "leedz"], 'no source "leedz"; did you mean leeds?'],
  ["a source of a schedule", ["schedule", "leedz"], 'no source "leedz"; did you mean leeds?'],
  ["a source to ask", ["coverage", "leedz"], 'no source "leedz"; did you mean leeds?'],
  [
    "a source of dead letters",
    ["dead-letters", "list", "--source", "leedz"],
    "did you mean leeds?",
  ],
  ["a cause", ["dead-letters", "replay", "--cause", "timeuot"], "did you mean timeout?"],
  ["a source of a filter", add("--source", "leedz"), "did you mean leeds?"],
  ["a topic", add("--topic", "smart-citi"), "did you mean smart-city?"],
  ["a country", add("--country", "Germany"), "did you mean DE?"],
  ["a language", add("--language", "German"), "did you mean de?"],
  ["a region", add("--region", "DE-BX"), 'no region "DE-BX"; did you mean DE-B'],
  ["a city", add("--city", "Dovr"), "did you mean Dover?"],
  ["a host", ["hosts", "leds.example"], 'no host "leds.example"; did you mean leeds.example?'],
  ["a user", ["users", "disable", "ada"], 'no user "ada"'],
  ["a role", ["users", "role", "ada", "operater"], "did you mean operator?"],
  ["a scope", ["keys", "add", "x", "--scope", "raed"], "did you mean read?"],
  ["a key", ["keys", "revoke", "abc"], 'no valid key "abc"'],
  ["a view", ["views", "remove", "mine"], 'no view "mine"'],
  ["a consumer", ["consumers", "remove", "mine"], 'no consumer "mine"'],
  ["a webhook", ["webhooks", "pause", "wh-1"], 'no webhook "wh-1"'],
  ["an article", ["article", "show", "abc"], 'no article "abc"'],
  ["a URL of no article", ["article", "show", "https://leeds.example/x"], "newsgather why"],
  ["a correction", ["topics", "undo", "abc", "--reason", "why not"], 'no correction "abc"'],
  ["a topic to add", ["topics", "correct", URL, "--add", "egov", "--reason", "x"], "topic"],
  ["a staging set", ["reprocess", "diff", "rules"], 'no staging set "rules"'],
  [
    "a time",
    ["audit", "--before", "yesterdy"],
    "--before yesterdy: write e.g. 7d (7 days ago), yesterday",
  ],
  ["a link", ["dead-letters", "show", "abc"], 'no link "abc"'],
])("%s that isn't known is refused with exit code 2", async (_, args, words) => {
  expect(await cli(args)).toMatchObject({ code: 2, err: expect.stringContaining(words) });
});

test("An article is named by any of its URLs, with or without scheme", async () => {
  const id = urlKey(URL);
  const [shown, why, story, bare] = [
    await cli(["article", "show", URL, "--json"]),
    await cli(["why", URL]),
    await cli(["stories", "show", "http://leeds.example/news/tram", "--json"]),
    await cli(["article", "show", "leeds.example/news/tram"]),
  ];
  expect(JSON.parse(shown.out)).toMatchObject({ _id: id, url: URL });
  expect(why.out).toContain(`article: ${id}`);
  expect(JSON.parse(story.out)).toMatchObject([{ _id: id }]);
  expect(bare.out).toContain("A tram for Leeds");
});

test("An editor's word is taken by the URL of the article", async () => {
  const edited = await cli([
    "article",
    "edit",
    URL,
    "--title",
    "A tram for Leeds, at last",
    "--reason",
    "longer",
  ]);
  expect(edited.code).toBe(0);
  expect((await cli(["article", "show", URL])).out).toContain("A tram for Leeds, at last");
});

test("A host is named without its port; each of its ports is shown", async () => {
  const both = await cli(["hosts", "leeds.example", "--json"]);
  expect(JSON.parse(both.out)).toMatchObject([
    { _id: "leeds.example:443" },
    { _id: "leeds.example:8080" },
  ]);
  const one = await cli(["hosts", "show", "https://leeds.example:8080/news", "--json"]);
  expect(JSON.parse(one.out)).toMatchObject({ _id: "leeds.example:8080" });
});

test("A misspelt variable stops every command", async () => {
  process.env["NEWSGATHER_LISTN"] = "";
  const ended = await cli(["statistics"]);
  delete process.env["NEWSGATHER_LISTN"];
  expect(ended).toMatchObject({ code: 2, out: "" });
  expect(ended.err).toContain("did you mean NEWSGATHER_LISTEN?");
});
