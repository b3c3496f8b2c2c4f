import { parseFeed as parseLeniently } from "@rowanmanning/feed-parser";
import { textContent } from "domutils";
import type { FastifyInstance } from "fastify";
import { parseFeed } from "feedsmith";
import { parseDocument } from "htmlparser2";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { articlesOfDay } from "../../../../store/publish/counters.ts";
import type { Store } from "../../../../store/store.ts";
import { adminRoutes } from "../../../../web/admin/routes.ts";
import { SitemapFile, sitemapIndex } from "../../../../web/feeds/sitemaps.ts";
import { makeAdminDeps } from "../../../helpers/admin.ts";
import { makeArticle, makeSource, publishArticles } from "../../../helpers/articles.ts";
import { startTestDatabase, type TestDatabase } from "../../../helpers/database.ts";
import { all, links } from "../../../helpers/document.ts";
import { BROWSER, makePortal } from "../../../helpers/portal.ts";
import { problemsOf } from "../../../helpers/schemas.ts";

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

const translations = { de: { title: "Shenzhen will papierlos werden", teaser: "Kurz gesagt." } };

beforeAll(async () => {
  database = await startTestDatabase(import.meta.filename);
  store = await database.open("editions");
  await store.collections.sources.insertOne(makeSource("cities"));
  await publishArticles(store, "created", [
    paperless,
    makeArticle("evil", { ...today, url: "javascript:alert(3)" }),
    makeArticle("old", long),
    makeArticle("copy", { ...long, duplicateOf: "old", storyId: "old" }),
    makeArticle("told-twice", { ...today, storyId: "told-twice", title: "Told twice" }),
    makeArticle("retold", {
      ...today,
      storyId: "told-twice",
      sourceId: "riyadh",
      duplicateOf: "told-twice",
    }),
  ]);
  await publishArticles(store, "updated", [{ ...paperless, edited: { translations } }]);
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

describe("the portal in German", () => {
  let german: Awaited<ReturnType<typeof page>>;
  beforeAll(async () => {
    german = await page("/de");
  });

  test("A page below /de is in German and says so", () => {
    const text = textContent(german.document).replace(/\s+/g, " ");
    expect(german.answer.body).toContain('<html lang="de">');
    expect(text).toContain("Heute, 25. November 2026 3 Artikel");
    expect(text).toMatch(/Gesamt\s*4/);
  });

  test("Only the link to the English page leads out of the German pages", () => {
    const hrefs = [...links(german.document).values()];
    const ours = hrefs.filter(
      (href) => href.startsWith("/") && !/^\/(de|feeds|docs|read)\b/.test(href),
    );
    expect(ours).toEqual(["/"]);
  });

  test("A German page leads to the original with a German link", () => {
    expect(links(german.document).get("Weiterlesen: Told twice")).toBe("/read/told-twice");
  });

  test("A German page names countries in German", async () => {
    const country = await page("/de/country/DE");
    expect(textContent(country.document)).toContain("Deutschland");
  });

  test.each(["/country/DE", "/de/country/DE"])(
    "%s names itself and the same page in each language",
    async (here) => {
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
    },
  );

  test.each(["/de", "/de/article/today"])(
    "%s shows an editor's translation and its language",
    async (path) => {
      const { answer, document } = await page(path);
      const lead = all(document, "div").find((div) => textContent(div) === "Kurz gesagt.");
      expect(answer.body).toContain('<bdi lang="de">Shenzhen will papierlos werden</bdi>');
      expect(lead?.attribs["class"]).toBe("lead");
      expect(lead?.attribs["lang"]).toBe("de");
      expect(textContent(all(document, "main")[0] ?? document)).not.toContain("wants to go");
    },
  );

  test("An English page shows no German translation", async () => {
    expect((await page("/")).answer.body).not.toContain("papierlos");
  });
});

describe("the day digest", () => {
  test("The digest of a day has each story once, the most reported one first", async () => {
    const { document } = await page("/de/digest/2026-11-25");
    const titles = all(document, "h3").map((h3) => textContent(h3).replace(/\s+/g, " "));
    expect(titles[0]).toContain("Told twice");
    expect(titles).toHaveLength(3);
    expect(textContent(all(document, "h1")[0] ?? document)).toMatch(/^Tagesüberblick: Heute/);
  });

  test("The digest of a day that is still to come is not found", async () => {
    expect((await page("/digest/2026-11-26")).answer.statusCode).toBe(404);
  });

  describe("as a mail", () => {
    let mail: Awaited<ReturnType<typeof page>>;
    beforeAll(async () => {
      mail = await page("/de/digest/2026-11-25/mail");
    });

    test.each(["script", "link", "style", "img", "form"])(
      "The mail of a digest has no element %s",
      (tag) => {
        expect(mail.answer.statusCode).toBe(200);
        expect(all(mail.document, tag)).toEqual([]);
      },
    );

    test("Every link of the mail is a whole URL of the portal", () => {
      const hrefs = [...links(mail.document).values()];
      expect(hrefs.length).toBeGreaterThan(4);
      expect(hrefs.filter((href) => !href.startsWith("http://portal.example/"))).toEqual([]);
    });

    test("The mail shows an editor's translation", () => {
      expect(mail.answer.body).toContain("Shenzhen will papierlos werden");
    });

    test("The mail that is opened in a browser may load nothing", () => {
      expect(mail.answer.headers["content-security-policy"]).toContain("default-src 'none'");
    });
  });

  describe("as a feed", () => {
    let body: string;
    beforeAll(async () => {
      ({ body } = await app.inject("/feeds/digest.atom?language=de"));
    });

    test("The feed of digests is valid Atom", async () => {
      expect(parseFeed(body).format).toBe("atom");
      expect(await problemsOf([body], "atom.rng")).toEqual([]);
    });

    test("The feed of digests has the days of the last week that are over and have articles", () => {
      const { feed } = parseFeed(body);
      const entries = "entries" in feed ? (feed.entries ?? []) : [];
      expect(entries.map(({ id }) => id)).toEqual(["tag:newsgather,2026:digest/2026-11-20/de"]);
    });

    test("A feed reader finds id, URL and author of a digest", () => {
      const [entry] = parseLeniently(body).items;
      expect(entry).toMatchObject({
        id: "tag:newsgather,2026:digest/2026-11-20/de",
        url: "http://portal.example/de/digest/2026-11-20",
        authors: [{ name: "City Portal" }],
      });
    });
  });
});

describe("Read more", () => {
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
  const UNCOUNTED = [
    [
      "a robot",
      { ...clicked, "user-agent": "Googlebot/2.1 (+http://www.google.com/bot.html)" },
      "GET",
    ],
    ["a browser that fetches ahead", { ...clicked, "sec-purpose": "prefetch" }, "GET"],
    ["a reader of another site", { ...clicked, "sec-fetch-site": "cross-site" }, "GET"],
    ["a program", { "user-agent": firefox }, "GET"],
    ["a HEAD request", clicked, "HEAD"],
  ] as const;
  let showing: FastifyInstance;
  let first: Awaited<ReturnType<typeof read>>;

  beforeAll(async () => {
    first = await read("today", clicked);
    await read("old", clicked);
    await read("today", clicked);
    const plugins = [adminRoutes(makeAdminDeps(store))];
    const settings = { portalTitle: "P", baseUrl: "http://p.example", timezone: "Europe/Berlin" };
    const config = { ...settings, version: "1", topicNames: {}, showClicks: true };
    showing = await makePortal(store, { plugins, config });
  });
  afterAll(() => showing?.close());

  test("Read more leads to the original", () => {
    expect(first.statusCode).toBe(302);
    expect(first.headers.location).toBe("https://cities.example/news/today");
  });

  // `evil` has an address that no reader may be sent to.
  test.each(["evil", "none", "https%3A%2F%2Fevil.example"])(
    "Read more leads nowhere for %s",
    async (id) => {
      const refused = await read(id, clicked);
      expect([refused.statusCode, refused.headers.location]).toEqual([404, undefined]);
    },
  );

  const clicks = async () => (await app.inject("/v1/clicks?day=2026-11-25")).json();

  test("Clicks of readers on our pages are counted for each article", async () => {
    expect(await clicks()).toEqual({
      day: "2026-11-25",
      total: 3,
      articles: [
        { id: "today", count: 2 },
        { id: "old", count: 1 },
      ],
    });
  });

  test.each(UNCOUNTED)("%s is led to the original but not counted", async (_, headers, method) => {
    expect((await read("today", headers, method)).statusCode).toBe(302);
    expect(await clicks()).toMatchObject({ total: 3 });
  });

  test("What is stored of clicks names no reader", async () => {
    const stored = JSON.stringify(await store.collections.clicks.find().toArray());
    expect(stored).not.toMatch(/127\.0|Firefox/);
  });

  test.each([
    ["/", "Originals opened today"],
    ["/de/day/2026-11-25", "Heute im Original gelesen"],
  ])("%s shows the number of clicks only where that is set", async (path, words) => {
    const { body } = await showing.inject(path);
    expect(body).toContain(`<dt>${words}</dt><dd>3</dd>`);
    expect((await app.inject(path)).body).not.toContain(words);
  });

  test("Operators see which articles were clicked on a day", async () => {
    const { body } = await showing.inject({ url: "/admin/clicks", headers: BROWSER });
    expect(body).toMatch(
      /Clicks on 2026-11-25 [^:]*: 3\..*<td class="n">2<\/td>.*Shenzhen wants.*Title of old/s,
    );
  });

  test("A day without clicks has none", async () => {
    const before = await showing.inject("/admin/clicks?day=2026-11-24&format=json");
    expect(before.json()).toEqual({ day: "2026-11-24", total: 0, articles: [] });
  });
});

describe("sitemaps", () => {
  const locationsIn = async (url: string) =>
    [...(await app.inject(url)).body.matchAll(/<loc>http:\/\/portal\.example([^<]+)/g)].map(
      (match) => match[1] ?? "",
    );
  const DAYS = ["2026-11-25", "2026-11-20"].map((day) => `/sitemap/${day}.xml`);

  test("robots.txt names the sitemap", async () => {
    const robots = (await app.inject("/robots.txt")).body;
    expect(robots).toContain("Sitemap: http://portal.example/sitemap.xml");
  });

  test("robots.txt forbids robots to follow Read more", async () => {
    expect((await app.inject("/robots.txt")).body).toContain("Disallow: /read/");
  });

  test("The sitemap lists a sitemap for each day that has articles", async () => {
    expect(await locationsIn("/sitemap.xml")).toEqual(DAYS);
  });

  test("The sitemaps of the days have every article once", async () => {
    const articles = (await Promise.all(DAYS.map(locationsIn))).flat();
    expect(articles.toSorted()).toEqual([
      "/article/evil",
      "/article/old",
      "/article/today",
      "/article/told-twice",
    ]);
  });

  test("Every sitemap is valid", async () => {
    const documents = ["/sitemap.xml", "/sitemap-news.xml", ...DAYS].map(
      async (path) => (await app.inject(path)).body,
    );
    expect(await problemsOf(await Promise.all(documents), "sitemap.rng")).toEqual([]);
  });

  test.each(["2026-11-19.xml", "2026-11-25-2.xml"])(
    "%s has no articles, so it is not found",
    async (file) => {
      expect((await app.inject(`/sitemap/${file}`)).statusCode).toBe(404);
    },
  );

  test("A day with more articles than fit in one sitemap goes on in the next", async () => {
    const [day, size] = ["2026-11-25", 2];
    const read = async (number: number, most = size) =>
      (await articlesOfDay(store, day, { page: number, size: most })).map(({ _id }) => _id);
    const known = await read(1, 100);
    expect(known).toHaveLength(3);
    expect([await read(1), await read(2), await read(3)]).toEqual([
      known.slice(0, 2),
      known.slice(2),
      [],
    ]);
  });

  test("The sitemap lists as many files of a day as its articles need", () => {
    const day = "2026-11-25";
    const config = { portalTitle: "P", baseUrl: "", timezone: "UTC", version: "1", topicNames: {} };
    const index = sitemapIndex([{ day, articles: 100_001 }], config);
    const files = [...index.matchAll(/sitemap\/([^<]+)<\/loc/g)].map(([, file]) => file);
    expect(files).toEqual([`${day}.xml`, `${day}-2.xml`, `${day}-3.xml`]);
    expect(files.map((file) => SitemapFile.parse(file).page)).toEqual([1, 2, 3]);
  });
});
