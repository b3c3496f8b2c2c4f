import { isTag } from "domhandler";
import { findAll, getAttributeValue, textContent } from "domutils";
import type { FastifyInstance } from "fastify";
import { parseDocument } from "htmlparser2";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Store } from "../../../../store/store.ts";
import { makeArticle, makeSource, publishArticles } from "../../../helpers/articles.ts";
import { startTestDatabase, type TestDatabase } from "../../../helpers/database.ts";
import { all, links } from "../../../helpers/document.ts";
import { BROWSER, makePortal } from "../../../helpers/portal.ts";

let database: TestDatabase;
let app: FastifyInstance;
const portals: FastifyInstance[] = [];
const hostile = `"><script>alert(1)</script><img src=x onerror=alert(2)>`;

const at = (day: string, hour = 9) => ({
  day,
  sortAt: new Date(`${day}T${String(hour).padStart(2, "0")}:00:00Z`),
});

/** A portal with articles of its own. */
async function openPortal(name: string): Promise<{ store: Store; app: FastifyInstance }> {
  const filled = await database.open(name);
  await filled.collections.sources.insertMany([
    makeSource("cities", { name: `Cities ${hostile}` }),
    makeSource("riyadh", { name: "الرياض" }),
  ]);
  await publishArticles(filled, "created", [
    ...Array.from({ length: 64 }, (_, index) => makeArticle(`old${index}`, at("2026-11-20"))),
    makeArticle("today", {
      ...at("2026-11-25"),
      title: "Shenzhen wants to go paperless",
      prefix: "CN: Guangdong: ",
    }),
    makeArticle("evil", {
      ...at("2026-11-25", 8),
      title: hostile,
      teaser: hostile,
      prefix: `${hostile}: `,
      region: hostile,
      regionCode: "DE-BE",
      city: hostile,
      authors: [hostile],
      section: hostile,
      url: "javascript:alert(3)",
      image: {
        url: "https://cities.example/i.jpg",
        alt: hostile,
        caption: null,
        credit: null,
        width: null,
        height: null,
      },
    }),
    makeArticle("arabic", {
      ...at("2026-11-24"),
      language: "ar",
      title: "منصة جديدة",
      sourceId: "riyadh",
    }),
    makeArticle("copy", {
      ...at("2026-11-24"),
      duplicateOf: "today",
      storyId: "today",
      sourceId: "riyadh",
    }),
  ]);
  const portal = await makePortal(filled);
  portals.push(portal);
  return { store: filled, app: portal };
}

beforeAll(async () => {
  database = await startTestDatabase(import.meta.filename);
  ({ app } = await openPortal("pages"));
});
afterAll(async () => {
  await Promise.all(portals.map((portal) => portal.close()));
  await database.close();
});

async function page(url: string, from = app) {
  const answer = await from.inject({ url, headers: BROWSER });
  return { answer, document: parseDocument(answer.body) };
}

const PAGES = [
  "/",
  "/topic/smart-city",
  "/country/DE",
  "/region/DE-BE",
  `/region/DE-BE/${encodeURIComponent(hostile)}`,
  "/source/cities",
  "/language/en",
  "/day/2026-11-25",
  "/article/evil",
  "/topics",
  "/sources",
  "/countries",
  "/languages",
  "/nothing-here",
  "/de",
  "/de/article/evil",
  "/de/countries",
  "/de/nothing-here",
];

test.each(PAGES)("%s is safe against hostile text, has no script and no picture", async (url) => {
  const { answer, document } = await page(url);
  expect(answer.headers["content-type"]).toBe("text/html; charset=utf-8");
  const policy = String(answer.headers["content-security-policy"]);
  expect(policy).toContain("default-src 'none'");
  expect(policy).not.toMatch(/unsafe|script-src/);
  expect(answer.headers["x-content-type-options"]).toBe("nosniff");
  const scripts = all(document, "script").map(({ attribs }) => attribs["type"]);
  expect(scripts.filter((type) => type !== "application/ld+json")).toEqual([]);
  expect(all(document, "img")).toEqual([]);
  expect(answer.body).not.toMatch(/href="(javascript|data):/i);
  expect(answer.body).not.toContain("cities.example/i.jpg");
  const attributes = findAll(isTag, document.children).flatMap((tag) => Object.keys(tag.attribs));
  expect(attributes.filter((name) => name.startsWith("on") || name === "style")).toEqual([]);
});

test("over https, browsers are asked to stay on https, at this host alone", async () => {
  const config = {
    portalTitle: "City Portal",
    baseUrl: "https://portal.example",
    timezone: "UTC",
    topicNames: {},
    version: "0.0.0",
  };
  const secure = await makePortal(await database.open("https"), { config });
  const { headers } = await secure.inject({ url: "/", headers: BROWSER });
  expect(headers["strict-transport-security"]).toBe("max-age=15552000");
  await secure.close();
});

test.each([
  ["/day/2026-11-25", ["/day/2026-11-24"]],
  ["/day/2026-11-24", ["/day/2026-11-20", "/day/2026-11-25"]],
  ["/day/2026-11-22", ["/day/2026-11-20", "/day/2026-11-24"]],
  ["/day/2026-11-20", ["/day/2026-11-24"]],
  ["/day/2020-01-01", ["/day/2026-11-20"]],
  ["/digest/2026-11-24", ["/digest/2026-11-20", "/digest/2026-11-25"]],
  ["/digest/2026-11-20", ["/digest/2026-11-24"]],
])("the days that %s links to have articles", async (url, days) => {
  const { document } = await page(url);
  const nav = all(document, "nav").filter(({ attribs }) => attribs["aria-label"] === "Days");
  expect(nav.flatMap((one) => [...links(one).values()])).toEqual(days);
});

test("a teaser has its place before the title, the lead, the way to the original, source and time", async () => {
  const { document } = await page("/");
  const [first] = all(document, "article");
  const text = first ? textContent(first).replace(/\s+/g, " ") : "";
  expect(text).toContain("CN: Guangdong: Shenzhen wants to go paperless");
  expect(text).toContain("What the publisher says it is about.");
  expect(text).toMatch(/25 November 2026, 10:00/);
  expect(links(document).get("Read more: Shenzhen wants to go paperless")).toBe("/read/today");
});

test("articles stand under their days, with the day's number of all articles", async () => {
  const { document } = await page("/");
  const headings = all(document, "h2").map((h2) => textContent(h2).replace(/\s+/g, " ").trim());
  expect(headings).toEqual(
    expect.arrayContaining([
      "Today, 25 November 2026 2 articles",
      "Yesterday, 24 November 2026 1 article",
      "Friday, 20 November 2026 64 articles",
    ]),
  );
});

const counters = async (from: FastifyInstance) =>
  all((await page("/", from)).document, "dd")
    .slice(0, 3)
    .map((dd) => textContent(dd));

test("older and newer lead through every article and back", async () => {
  const seen: string[] = [];
  let path: string | undefined = "/";
  const trail: string[] = [];
  while (path !== undefined) {
    const { document } = await page(path);
    trail.push(path);
    for (const article of all(document, "article")) {
      const [link] = findAll((node) => node.name === "a", [article]);
      seen.push(String(link && getAttributeValue(link, "href")));
    }
    const older: string | undefined = links(document).get("Older");
    path = older && older;
  }
  expect(trail).toHaveLength(3);
  expect(seen).toHaveLength(67);
  expect(new Set(seen).size).toBe(67);
  const last = await page(trail[2] ?? "");
  const middle = await page(links(last.document).get("Newer") ?? "");
  expect(all(middle.document, "article")).toHaveLength(30);
  expect(links(middle.document).has("Older")).toBe(true);
  const newest = await page(links(middle.document).get("Newer") ?? "");
  expect(links(newest.document).has("Newer")).toBe(false);
  expect(links(newest.document).has("Read more: Shenzhen wants to go paperless")).toBe(true);
});

test("an article names who else has the story; a copy says what it is a copy of", async () => {
  const original = await page("/article/today");
  expect(textContent(original.document)).toMatch(/Also reported by\s+.*Title of copy.*الرياض/s);
  const copy = await page("/article/copy");
  expect(textContent(copy.document)).toContain("Same text as");
});

test("right-to-left titles run from the right, each item names its language", async () => {
  const { answer } = await page("/source/riyadh");
  expect(answer.body).toMatch(/<article class="item" lang="ar">\s*<h3 dir="rtl">/);
});

test("feeds of the same list are named in the head", async () => {
  const { document } = await page("/topic/smart-city");
  const feeds = all(document, "link")
    .filter(
      (link) => getAttributeValue(link, "rel") === "alternate" && !("hreflang" in link.attribs),
    )
    .map((link) => getAttributeValue(link, "href"));
  expect(feeds).toEqual(
    ["atom", "rss", "json"].map((format) => `/feeds/topic/smart-city.${format}`),
  );
});

test("what isn't there is a 404 page for readers and a problem for programs", async () => {
  for (const url of ["/article/none", "/topic/none", "/day/2026-12-24", "/none"]) {
    const { answer, document } = await page(url);
    expect(answer.statusCode).toBe(404);
    expect(links(document).get("To the latest articles")).toBe("/");
    expect((await app.inject(url)).json()).toMatchObject({ status: 404, code: "not-found" });
  }
  expect((await page("/day/yesterday")).answer.statusCode).toBe(400);
});

test("what stands above a page's own content on a phone comes before it, so that nothing moves", async () => {
  for (const url of ["/", "/article/evil", "/topics", "/nothing-here"]) {
    const { body } = (await page(url)).answer;
    expect(body.indexOf('class="numbers"')).toBeGreaterThan(0);
    expect(body.indexOf('class="numbers"')).toBeLessThan(body.indexOf("<main"));
  }
});

test("a page that a reader has is a 304", async () => {
  const { answer } = await page("/");
  const headers = { ...BROWSER, "if-none-match": String(answer.headers.etag) };
  expect((await app.inject({ url: "/", headers })).statusCode).toBe(304);
});

test("counters of today, yesterday and all are right at once after each kind of change", async () => {
  const own = await openPortal("counters");
  expect(await counters(own.app)).toEqual(["2", "1", "67"]);
  const fresh = makeArticle("fresh", at("2026-11-25", 10));
  await publishArticles(own.store, "created", [fresh]);
  expect(await counters(own.app)).toEqual(["3", "1", "68"]);
  await publishArticles(own.store, "updated", [{ ...fresh, ...at("2026-11-24", 10) }]);
  expect(await counters(own.app)).toEqual(["2", "2", "68"]);
  await publishArticles(own.store, "merged", [
    { ...fresh, ...at("2026-11-24", 10), duplicateOf: "today", storyId: "today" },
  ]);
  expect(await counters(own.app)).toEqual(["2", "1", "67"]);
  await publishArticles(own.store, "retracted", [
    makeArticle("today", { ...at("2026-11-25"), status: "retracted" }),
  ]);
  expect(await counters(own.app)).toEqual(["1", "1", "66"]);
  expect((await page("/article/today", own.app)).answer.statusCode).toBe(410);
});

test("without sources or articles the page says the next step", async () => {
  const empty = await database.open("empty");
  const portal = await makePortal(empty);
  const get = async () => (await portal.inject({ url: "/", headers: BROWSER })).body;
  expect(await get()).toMatch(/No sources yet.*config\/sources.*npm run demo/s);
  await portal.close();
  await empty.collections.sources.insertOne(makeSource("cities"));
  const later = await makePortal(empty);
  const { body } = await later.inject({ url: "/", headers: BROWSER });
  expect(body).toMatch(/No articles yet.*newsgather run --all --once/s);
  await later.close();
});
