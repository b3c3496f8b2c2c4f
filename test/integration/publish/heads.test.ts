import { afterAll, beforeAll, expect, test } from "vitest";
import type { Store } from "../../../store/store.ts";
import { makeArticle, publishArticles } from "../../helpers/articles.ts";
import { countCommands } from "../../helpers/commands.ts";
import { startTestDatabase, type TestDatabase } from "../../helpers/database.ts";
import { BROWSER, makePortal } from "../../helpers/portal.ts";

let database: TestDatabase;
let store: Store;
beforeAll(async () => {
  database = await startTestDatabase(import.meta.filename);
  store = await database.open("heads");
  await publishArticles(store, "created", [makeArticle("one"), makeArticle("two")]);
});
afterAll(() => database.close());

test("a 304 of the portal, a feed or a list reads no article", async () => {
  const counted = await countCommands(store);
  const portal = await makePortal(counted.store);
  for (const url of ["/", "/feeds/all.atom", "/v1/articles"]) {
    const { etag } = (await portal.inject(url)).headers;
    counted.reset();
    const headers = { "if-none-match": String(etag) };
    expect([url, (await portal.inject({ url, headers })).statusCode]).toEqual([url, 304]);
    expect(counted.commands().filter((command) => command !== "find days")).toEqual([
      "find changes",
    ]);
  }
  await portal.close();
  await counted.close();
});

test("a page names itself for those who share it, and all counts from what was counted before", async () => {
  const named = { portalTitle: "P", baseUrl: "http://p.example", timezone: "UTC", topicNames: {} };
  const config = { ...named, version: "1", countedBefore: 39_000_000 };
  const portal = await makePortal(store, { config });
  const { body } = await portal.inject({ url: "/", headers: BROWSER });
  expect(body).toContain('<meta property="og:url" content="http://p.example/">');
  expect(body).toMatch(/<dt>All<\/dt><dd><a href="\/">39,000,002</);
  const article = (await portal.inject({ url: "/article/one", headers: BROWSER })).body;
  expect(article).toContain('<meta property="og:type" content="article">');
  await portal.close();
});

test("pages and feeds may be those of a moment ago, but not for who reloads them; of the API the stream alone, for who doesn't wait", async () => {
  const at = new Date();
  const portal = await makePortal(store, { staleness: 1000, now: () => at });
  const soon = ["/", "/feeds/all.atom", "/sitemap-news.xml", "/v1/changes"];
  const exact = ["/v1/articles", "/v1/changes?wait=1", "/v1/snapshot"];
  for (const url of [...soon, ...exact]) await portal.inject(url);
  await publishArticles(store, "created", [makeArticle("three", { title: "Brand new" })]);
  const has = async (url: string, headers = {}) =>
    (await portal.inject({ url, headers })).body.includes("Brand new");
  for (const url of soon) expect([url, await has(url)]).toEqual([url, false]);
  for (const url of exact) expect([url, await has(url)]).toEqual([url, true]);
  const headers = { "cache-control": "max-age=0" };
  for (const url of soon) expect([url, await has(url, headers)]).toEqual([url, true]);
  await portal.close();
});
