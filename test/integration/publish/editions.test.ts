import { parseFeed as parseLeniently } from "@rowanmanning/feed-parser";
import { textContent } from "domutils";
import type { FastifyInstance } from "fastify";
import { parseFeed } from "feedsmith";
import { parseDocument } from "htmlparser2";
import { afterAll, beforeAll, expect, test } from "vitest";
import { adminRoutes } from "../../../admin/routes.ts";
import { SitemapFile, sitemapIndex } from "../../../publish/feeds/sitemap.ts";
import { dayAddresses } from "../../../store/sitemap.ts";
import type { Store } from "../../../store/store.ts";
import { makeArticle, makeSource, publishArticles } from "../../helpers/articles.ts";
import { startTestDatabase, type TestDatabase } from "../../helpers/database.ts";
import { all, links } from "../../helpers/document.ts";
import { BROWSER, makePortal, PORTAL_NOW } from "../../helpers/portal.ts";
import { problemsOf } from "../../helpers/schemas.ts";

let database: TestDatabase;
let store: Store;
let app: FastifyInstance;
const today = { day: "2026-11-25", sortAt: new Date("2026-11-25T09:00:00Z") };
const long = { day: "2026-11-20", sortAt: new Date("2026-11-20T09:00:00Z") };
const paperless = makeArticle("today", {
  ...today,
  title: "Shenzhen wants to go paperless",
  prefix: "CN: Guangdong: ",
});

beforeAll(async () => {
  database = await startTestDatabase(import.meta.filename);
  store = await database.open("editions");
  await store.collections.sources.insertOne(makeSource("cities"));
  await publishArticles(store, "created", [
    paperless,
    makeArticle("evil", { ...today, url: "javascript:alert(3)" }),
    makeArticle("old", long),
    makeArticle("copy", { ...long, duplicateOf: "old", storyId: "old" }),
  ]);
  app = await makePortal(store);
});
afterAll(async () => {
  await app.close();
  await database.close();
});

async function page(url: string) {
  const answer = await app.inject({ url, headers: BROWSER });
  return { answer, document: parseDocument(answer.body) };
}

test("the portal speaks German at /de, page for page, and each page names the other", async () => {
  const { answer, document } = await page("/de");
  const text = textContent(document).replace(/\s+/g, " ");
  expect(answer.body).toContain('<html lang="de">');
  expect(text).toContain("Heute, 25. November 2026 2 Artikel");
  expect(text).toMatch(/Gesamt\s*3/);
  const hrefs = [...links(document).values()];
  const ours = hrefs.filter(
    (href) => href.startsWith("/") && !/^\/(de|feeds|docs|read)\b/.test(href),
  );
  // Back to English, and nothing else, leads out of the German pages.
  expect(ours).toEqual(["/"]);
  expect(links(document).get("Weiterlesen: Shenzhen wants to go paperless")).toBe("/read/today");
  const country = await page("/de/country/DE");
  expect(textContent(country.document)).toContain("Deutschland");
  for (const here of ["/country/DE", "/de/country/DE"]) {
    const { body } = (await page(here)).answer;
    for (const [language, path] of [
      ["en", "/country/DE"],
      ["de", "/de/country/DE"],
      ["x-default", "/country/DE"],
    ]) {
      const link = `hreflang="${language}" href="http://portal.example${path}"`;
      expect(body).toContain(`<link rel="alternate" ${link}>`);
    }
    expect(body).toContain(`<link rel="canonical" href="http://portal.example${here}">`);
  }
});

test("an editor's translation is what the pages of its language tell, with their lang", async () => {
  const translations = { de: { title: "Shenzhen will papierlos werden", teaser: "Kurz gesagt." } };
  await publishArticles(store, "updated", [{ ...paperless, edited: { translations } }]);
  for (const path of ["/de", "/de/article/today"]) {
    const { answer, document } = await page(path);
    const lead = all(document, "div").find((div) => div.attribs["class"] === "lead");
    expect(answer.body).toContain('<bdi lang="de">Shenzhen will papierlos werden</bdi>');
    expect(lead?.attribs["lang"]).toBe("de");
    expect(lead && textContent(lead)).toBe("Kurz gesagt.");
    expect(textContent(all(document, "main")[0] ?? document)).not.toContain("wants to go");
  }
  expect((await page("/")).answer.body).not.toContain("papierlos");
});

test("the day digest is a page, a mail without script or style sheet, and a feed of days that are over", async () => {
  await publishArticles(store, "created", [
    makeArticle("told-twice", { ...today, storyId: "told-twice", title: "Told twice" }),
    makeArticle("retold", {
      ...today,
      storyId: "told-twice",
      sourceId: "riyadh",
      duplicateOf: "told-twice",
    }),
  ]);
  const { document } = await page("/de/digest/2026-11-25");
  const titles = all(document, "h3").map((h3) => textContent(h3).replace(/\s+/g, " "));
  expect(titles[0]).toContain("Told twice");
  expect(titles).toHaveLength(3);
  expect(textContent(all(document, "h1")[0] ?? document)).toMatch(/^Tagesüberblick: Heute/);

  const mail = await page("/de/digest/2026-11-25/mail");
  expect(mail.answer.statusCode).toBe(200);
  for (const tag of ["script", "link", "style", "img", "form"]) {
    expect(all(mail.document, tag)).toEqual([]);
  }
  const hrefs = [...links(mail.document).values()];
  expect(hrefs.length).toBeGreaterThan(4);
  expect(hrefs.filter((href) => !href.startsWith("http://portal.example/"))).toEqual([]);
  expect(mail.answer.body).toContain("Shenzhen will papierlos werden");
  expect(mail.answer.headers["content-security-policy"]).toContain("default-src 'none'");

  const { body } = await app.inject("/feeds/digest.atom?language=de");
  const feed = parseFeed(body);
  expect(feed.format).toBe("atom");
  const entries = "entries" in feed.feed ? (feed.feed.entries ?? []) : [];
  expect(await problemsOf([body], "atom.rng")).toEqual([]);
  // Today is not over, and only the 20th of the seven days before it has articles.
  expect(entries.map(({ id }) => id)).toEqual(["tag:newsgather,2026:digest/2026-11-20/de"]);
  const [entry] = parseLeniently(body).items;
  expect(entry).toMatchObject({
    id: "tag:newsgather,2026:digest/2026-11-20/de",
    url: "http://portal.example/de/digest/2026-11-20",
    authors: [{ name: "City Portal" }],
  });
  expect((await page("/digest/2026-11-26")).answer.statusCode).toBe(404);
});

test("Read more leads to the original alone, and only readers who click on our pages are counted", async () => {
  const firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";
  const clicked = {
    ...BROWSER,
    "user-agent": firefox,
    "sec-fetch-site": "same-origin",
    "sec-fetch-mode": "navigate",
    "sec-fetch-user": "?1",
  };
  const read = (id: string, headers: Record<string, string>, method: "GET" | "HEAD" = "GET") =>
    app.inject({ method, url: `/read/${id}`, headers });
  const answer = await read("today", clicked);
  expect(answer.statusCode).toBe(302);
  expect(answer.headers.location).toBe("https://cities.example/news/today");
  await read("old", clicked);
  await read("today", clicked);
  for (const [headers, method] of [
    [{ ...clicked, "user-agent": "Googlebot/2.1 (+http://www.google.com/bot.html)" }],
    [{ ...clicked, "sec-purpose": "prefetch" }],
    [{ ...clicked, "sec-fetch-site": "cross-site" }],
    [{ "user-agent": firefox }],
    [clicked, "HEAD"],
  ] as const) {
    expect((await read("today", headers, method)).statusCode).toBe(302);
  }
  // `evil` has an address that no reader may be sent to.
  for (const id of ["evil", "none", "https%3A%2F%2Fevil.example"]) {
    const refused = await read(id, clicked);
    expect([refused.statusCode, refused.headers.location]).toEqual([404, undefined]);
  }
  expect((await app.inject("/v1/clicks?day=2026-11-25")).json()).toEqual({
    day: "2026-11-25",
    total: 3,
    articles: [
      { id: "today", count: 2 },
      { id: "old", count: 1 },
    ],
  });
  expect(JSON.stringify(await store.collections.clicks.find().toArray())).not.toMatch(
    /127\.0|Firefox/,
  );

  const plugins = [adminRoutes({ store, timezone: "Europe/Berlin", now: () => PORTAL_NOW })];
  const named = { portalTitle: "P", baseUrl: "http://p.example", timezone: "Europe/Berlin" };
  const config = { ...named, version: "1", topicNames: {}, showClicks: true };
  const showing = await makePortal(store, { plugins, config });
  for (const [path, words] of [
    ["/", "Read on today"],
    ["/de/day/2026-11-25", "Heute weitergelesen"],
  ] as const) {
    const { body } = await showing.inject(path);
    expect(body).toContain(`<dt>${words}</dt><dd>3</dd>`);
    expect((await app.inject(path)).body).not.toContain(words);
  }
  const told = await showing.inject({ url: "/admin/clicks", headers: BROWSER });
  expect(told.body).toMatch(
    /3 on 2026-11-25.*<td class="n">2<\/td>.*Shenzhen wants.*Title of old/s,
  );
  const before = await showing.inject("/admin/clicks?day=2026-11-24&format=json");
  expect(before.json()).toEqual({ day: "2026-11-24", total: 0, articles: [] });
  await showing.close();
});

test("robots.txt names the sitemaps; from their index every article is found", async () => {
  const robots = (await app.inject("/robots.txt")).body;
  expect(robots).toContain("Sitemap: http://portal.example/sitemap.xml");
  expect(robots).toContain("Disallow: /read/");
  const locs = async (url: string) =>
    [...(await app.inject(url)).body.matchAll(/<loc>http:\/\/portal\.example([^<]+)/g)].map(
      (match) => match[1] ?? "",
    );
  const sitemaps = await locs("/sitemap.xml");
  expect(sitemaps).toEqual(["2026-11-25", "2026-11-20"].map((day) => `/sitemap/${day}.xml`));
  const articles = (await Promise.all(sitemaps.map(locs))).flat();
  const documents = ["/sitemap.xml", "/sitemap-news.xml", ...sitemaps].map(
    async (path) => (await app.inject(path)).body,
  );
  expect(await problemsOf(await Promise.all(documents), "sitemap.rng")).toEqual([]);
  expect(articles.toSorted()).toEqual([
    "/article/evil",
    "/article/old",
    "/article/today",
    "/article/told-twice",
  ]);
  for (const file of ["2026-11-19.xml", "2026-11-25-2.xml"]) {
    expect([file, (await app.inject(`/sitemap/${file}`)).statusCode]).toEqual([file, 404]);
  }
});

test("a day with more articles than one sitemap may have goes on in the next, with none left out", async () => {
  const day = "2026-11-25";
  const size = 2;
  const known = (await dayAddresses(store, day, { page: 1, size: 100 })).map(({ _id }) => _id);
  expect(known).toHaveLength(3);
  const read = async (number: number) =>
    (await dayAddresses(store, day, { page: number, size })).map(({ _id }) => _id);
  expect([await read(1), await read(2), await read(3)]).toEqual([
    known.slice(0, 2),
    known.slice(2),
    [],
  ]);
  const config = { portalTitle: "P", baseUrl: "", timezone: "UTC", version: "1", topicNames: {} };
  const index = sitemapIndex([{ day, articles: 100_001 }], config);
  const files = [...index.matchAll(/sitemap\/([^<]+)<\/loc/g)].map(([, file]) => file);
  expect(files).toEqual([`${day}.xml`, `${day}-2.xml`, `${day}-3.xml`]);
  expect(files.map((file) => SitemapFile.parse(file).page)).toEqual([1, 2, 3]);
});
