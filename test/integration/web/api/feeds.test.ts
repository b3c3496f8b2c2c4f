import type { FastifyInstance } from "fastify";
import { parseFeed } from "feedsmith";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Store } from "../../../../store/store.ts";
import { makeArticle, makeSource, publishArticles } from "../../../helpers/articles.ts";
import { startTestDatabase, type TestDatabase } from "../../../helpers/database.ts";
import { makePortal } from "../../../helpers/portal.ts";
import { jsonFeedProblems, problemsOf } from "../../../helpers/schemas.ts";

let database: TestDatabase;
let store: Store;
let app: FastifyInstance;

beforeAll(async () => {
  database = await startTestDatabase(import.meta.filename);
  store = await database.open("feeds");
  await store.collections.sources.insertMany([makeSource("cities"), makeSource("quiet")]);
  await publishArticles(store, "created", [
    ...Array.from({ length: 60 }, (_, index) =>
      makeArticle(`c${index}`, { sortAt: new Date(Date.UTC(2026, 10, 25) - index * 3_600_000) }),
    ),
    makeArticle("fr1", { country: "FR", language: "fr", topics: ["egov"], sourceId: "paris" }),
  ]);
  app = await makePortal(store);
});
afterAll(async () => {
  await app.close();
  await database.close();
});

const FORMATS = [
  ["json", "application/feed+json"],
  ["atom", "application/atom+xml"],
  ["rss", "application/rss+xml"],
] as const;

const LISTS = [
  ["all", 50],
  ["source/paris", 1],
  ["topic/egov", 1],
  ["country/FR", 1],
  ["language/fr", 1],
  ["source/quiet", 0],
] as const;

const cases = FORMATS.flatMap(([format, type]) =>
  LISTS.map(([list, size]) => ({ path: `/feeds/${list}.${format}`, format, type, size })),
);

test.each(cases)("$path has $size items and its own media type", async (one) => {
  const answer = await app.inject(one.path);
  expect(answer.statusCode).toBe(200);
  expect(answer.headers["content-type"]).toBe(`${one.type}; charset=utf-8`);
  const { format, feed } = parseFeed(answer.body);
  expect(format).toBe(one.format);
  expect(answer.body).toContain(`http://portal.example${one.path}`);
  const entries = "entries" in feed ? feed.entries : "items" in feed ? feed.items : [];
  expect(entries ?? []).toHaveLength(one.size);
  expect(answer.body.includes("https://cities.example/news/")).toBe(one.size > 0);
});

test("the feeds of every list are valid in every format", async () => {
  const all = async (format: string) =>
    Promise.all(LISTS.map(async ([list]) => (await app.inject(`/feeds/${list}.${format}`)).body));
  expect(await problemsOf(await all("atom"), "atom.rng")).toEqual([]);
  expect(await problemsOf(await all("rss"), "rss.rng")).toEqual([]);
  expect((await all("json")).flatMap(jsonFeedProblems)).toEqual([]);
});

describe("the hub", () => {
  const hub = "http://hub.example/";
  let withHub: FastifyInstance;
  beforeAll(async () => {
    const config = { portalTitle: "City Portal", baseUrl: "http://portal.example" };
    withHub = await makePortal(store, {
      config: { ...config, timezone: "Europe/Berlin", topicNames: {}, version: "0.0.0", hub },
    });
  });
  afterAll(() => withHub.close());

  test.each(LISTS.flatMap(([list]) => FORMATS.map(([format]) => `/feeds/${list}.${format}`)))(
    "is named in %s",
    async (path) => {
      expect((await withHub.inject(path)).body).toContain(hub);
    },
  );

  test.each([
    "/feeds/all.atom?mode=fulltext",
    "/feeds/all.rss?filter=title",
    "/feeds/all.json?limit=10",
    "/feeds/all.atom?archive=2026-11-24",
    "/feeds/story/fr1.atom",
  ])("isn't named in %s, of whose changes it isn't notified", async (path) => {
    const { statusCode, body } = await withHub.inject(path);
    expect(statusCode).toBe(200);
    expect(body).not.toContain(hub);
  });
});

test("following next_url gives every article once", async () => {
  const ids: string[] = [];
  let path: string | undefined = "/feeds/all.json?limit=9";
  while (path !== undefined) {
    const feed: { items: { id: string }[]; next_url?: string } = (await app.inject(path)).json();
    ids.push(...feed.items.map((item) => item.id));
    path = feed.next_url?.replace("http://portal.example", "");
  }
  expect(ids).toHaveLength(61);
  expect(new Set(ids).size).toBe(61);
});

describe("the archives of an Atom feed", () => {
  const linkOf = (xml: string, rel: string) =>
    new RegExp(`<link rel="${rel}" href="([^"]+)"`).exec(xml)?.[1]?.replaceAll("&amp;", "&");
  const at = async (url: string) =>
    (await app.inject(url.replace("http://portal.example", ""))).body;
  const idsIn = (xml: string) =>
    [...xml.matchAll(/<entry[^>]*>\s*<id>([^<]+)/g)].map(([, id]) => id);
  const dayOf = (url = "") => /archive=([\d-]+)/.exec(url)?.[1];
  let feed: string;
  /** The archives from the newest on, and the day of each. */
  const archives: string[] = [];
  const days: (string | undefined)[] = [];
  beforeAll(async () => {
    feed = await at("/feeds/country/DE.atom?limit=5");
    for (let url = linkOf(feed, "prev-archive"); url !== undefined; ) {
      const xml = await at(url);
      archives.push(xml);
      days.push(dayOf(url));
      url = linkOf(xml, "prev-archive");
    }
  });

  test("Only archives are marked as such", () => {
    expect(feed).not.toContain("<fh:archive/>");
    for (const xml of archives) expect(xml).toContain("<fh:archive/>");
  });

  test("Every archive leads to the current feed", () => {
    const current = "http://portal.example/feeds/country/DE.atom?limit=5";
    for (const xml of archives) expect(linkOf(xml, "current")).toBe(current);
  });

  test("Every archive is valid Atom", async () => {
    expect(await problemsOf(archives, "atom.rng")).toEqual([]);
  });

  test("The archives go back day by day", () => {
    expect(days.every(Boolean)).toBe(true);
    expect(days).toEqual(days.toSorted((a, b) => String(b).localeCompare(String(a))));
  });

  test("Every archive leads to the next newer one", () => {
    const nexts = archives.map((xml) => dayOf(linkOf(xml, "next-archive")));
    expect(nexts.slice(1)).toEqual(days.slice(0, -1));
  });

  test("The archives and the feed have every article, no two archives the same", () => {
    const archived = archives.flatMap(idsIn);
    expect(new Set(archived).size).toBe(archived.length);
    expect(new Set([...archived, ...idsIn(feed)]).size).toBe(60);
  });

  test("A feed in RSS has no archives", async () => {
    expect((await app.inject("/feeds/all.rss?archive=2026-11-25")).statusCode).toBe(400);
  });
});

test("The archive of a day leads to the day before, even past thousands of hidden articles", async () => {
  const crowded = await database.open("crowded-day");
  const hidden = Array.from({ length: 4200 }, (_, n) =>
    makeArticle(`hidden${n}`, {
      status: "unlisted",
      sortAt: new Date(Date.UTC(2026, 10, 24, 1, 0, n)),
      text: "",
    }),
  );
  await crowded.collections.articles.insertMany([
    makeArticle("before", { sortAt: new Date("2026-11-23T12:00:00Z") }),
    ...hidden,
    makeArticle("shown", { sortAt: new Date("2026-11-24T12:00:00Z") }),
  ]);
  const portal = await makePortal(crowded);
  const { body } = await portal.inject("/feeds/all.atom?archive=2026-11-24");
  expect(body).toContain(
    '<link rel="prev-archive" href="http://portal.example/feeds/all.atom?archive=2026-11-23"',
  );
  await portal.close();
});

describe("a feed that is narrowed by words", () => {
  interface JsonFeed {
    items: { title: string }[];
    feed_url: string;
    next_url?: string;
  }
  const get = async (url: string) => (await app.inject(url)).json<JsonFeed>();
  const endsIn = ({ items }: JsonFeed) => items.map(({ title }) => title.split(" ").at(-1));
  let some: JsonFeed;
  beforeAll(async () => {
    some = await get("/feeds/all.json?limit=3&filter=title%20of%20c1%7CC2&filterout=c11");
  });

  test("A feed has only titles with one of the words, and none with the excluded ones", () => {
    expect(endsIn(some)).toEqual(["c1", "c2", "c10"]);
  });

  test("A narrowed feed names its whole URL", () => {
    expect(some.feed_url).toContain("filterout=c11");
  });

  test("The next page of a narrowed feed is narrowed as well", async () => {
    const next = await get(some.next_url?.replace("http://portal.example", "") ?? "");
    expect(endsIn(next)).toEqual(["c12", "c13", "c14"]);
  });

  test("A story has a feed", async () => {
    const { items } = await get("/feeds/story/c7.json");
    expect(items.map(({ title }) => title)).toEqual(["DE: Hamburg: Title of c7"]);
  });
});

test("A story that doesn't exist has no feed", async () => {
  expect((await app.inject("/feeds/story/none.rss")).statusCode).toBe(404);
});

test("A feed in ninjs names each article by its lasting URI", async () => {
  const ninjs = (await app.inject("/feeds/topic/egov.ninjs")).json<{ uri: string }[]>();
  expect(ninjs[0]?.uri).toBe("tag:newsgather,2026:article/fr1");
});

test("The news sitemap has only the articles of the last two days", async () => {
  expect((await app.inject("/sitemap-news.xml")).body.match(/<url>/g)).toHaveLength(38);
});

test("The list of sources is served as OPML", async () => {
  const { headers } = await app.inject("/feeds/sources.opml");
  expect(headers["content-type"]).toMatch(/opml/);
});

test.each(["/feeds/topic/none.atom", "/feeds/source/none.json"])("%s is a 404", async (path) => {
  const answer = await app.inject(path);
  expect(answer.statusCode).toBe(404);
  expect(answer.json()).toMatchObject({ code: "unknown-feed" });
});

test.each(["/feeds/all.xml", "/feeds/planet/earth.atom", "/feeds/topic/egov.pdf"])(
  "%s is refused as a problem",
  async (path) => {
    const answer = await app.inject(path);
    expect([400, 404]).toContain(answer.statusCode);
    expect(answer.headers["content-type"]).toMatch(/problem\+json/);
  },
);

test("a feed reader that has the feed gets 304, and the change as soon as there is one", async () => {
  for (const [format] of FORMATS) {
    const url = `/feeds/topic/egov.${format}`;
    const first = await app.inject(url);
    const headers = { "if-none-match": String(first.headers.etag) };
    const same = await app.inject({ url, headers });
    expect(same.statusCode).toBe(304);
    expect(same.headers.etag).toBe(first.headers.etag);
    expect(same.body).toBe("");
    const title = `Changed for ${format}`;
    await publishArticles(store, "updated", [
      makeArticle("fr1", {
        title,
        topics: ["egov"],
        country: "FR",
        language: "fr",
        sourceId: "paris",
      }),
    ]);
    const changed = await app.inject({ url, headers });
    expect(changed.statusCode).toBe(200);
    expect(changed.body).toContain(title);
  }
});

test("Last-Modified alone works too: unchanged is a 304, changed is not", async () => {
  const own = await database.open("last modified");
  await publishArticles(own, "created", [makeArticle("some")]);
  let now = new Date("2026-11-25T12:00:00.500Z");
  const portal = await makePortal(own, { now: () => now });
  const first = await portal.inject("/feeds/all.rss");
  now = new Date("2026-11-25T12:00:09Z");
  const second = await portal.inject("/feeds/all.rss");
  // Within its second another change could have followed: the first answer names the one before.
  expect(first.headers["last-modified"]).toBe("Wed, 25 Nov 2026 11:59:59 GMT");
  expect(second.headers["last-modified"]).toBe("Wed, 25 Nov 2026 12:00:00 GMT");
  const headers = { "if-modified-since": String(second.headers["last-modified"]) };
  expect((await portal.inject({ url: "/feeds/all.rss", headers })).statusCode).toBe(304);
  await publishArticles(own, "created", [makeArticle("more")]);
  now = new Date("2026-11-25T12:00:10Z");
  expect((await portal.inject({ url: "/feeds/all.rss", headers })).statusCode).toBe(200);
  await portal.close();
});
