import type { FastifyInstance } from "fastify";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Store } from "../../../../store/store.ts";
import { makeArticle, publishArticles } from "../../../helpers/articles.ts";
import { countCommands } from "../../../helpers/commands.ts";
import { startTestDatabase, type TestDatabase } from "../../../helpers/database.ts";
import { BROWSER, makePortal } from "../../../helpers/portal.ts";

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
  const settings = {
    portalTitle: "P",
    baseUrl: "http://p.example",
    timezone: "UTC",
    topicNames: {},
  };
  const config = { ...settings, version: "1", countedBefore: 39_000_000 };
  const portal = await makePortal(store, { config });
  const { body } = await portal.inject({ url: "/", headers: BROWSER });
  expect(body).toContain('<meta property="og:url" content="http://p.example/">');
  expect(body).toMatch(/<dt>All<\/dt><dd><a href="\/">39,000,0\d\d</);
  const article = (await portal.inject({ url: "/article/one", headers: BROWSER })).body;
  expect(article).toContain('<meta property="og:type" content="article">');
  await portal.close();
});

describe("a portal that may show what was the newest a second ago", () => {
  const SOON = ["/", "/feeds/all.atom", "/sitemap-news.xml", "/v1/changes"];
  const EXACT = ["/v1/articles", "/v1/changes?wait=1", "/v1/snapshot"];
  const now = new Date("2026-11-25T09:00:00Z");
  let portal: FastifyInstance;
  let count = 0;
  let title: string;
  beforeAll(async () => {
    portal = await makePortal(store, { staleness: 1000, now: () => now });
  });
  afterAll(() => portal.close());
  beforeEach(async () => {
    for (const url of [...SOON, ...EXACT]) {
      await portal.inject({ url, headers: { "cache-control": "no-cache" } });
    }
    title = `Brand new ${++count}`;
    await publishArticles(store, "created", [makeArticle(`new-${count}`, { title })]);
  });
  const shows = async (url: string, headers = {}) =>
    (await portal.inject({ url, headers })).body.includes(title);

  test.each(SOON)("%s shows the page of a moment ago", async (url) => {
    expect(await shows(url)).toBe(false);
  });

  test.each(SOON)("%s shows the newest to a reader who reloads it", async (url) => {
    expect(await shows(url, { "cache-control": "max-age=0" })).toBe(true);
  });

  test.each(EXACT)("%s shows the newest to everybody", async (url) => {
    expect(await shows(url)).toBe(true);
  });
});
