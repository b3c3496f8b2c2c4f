import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { readFeed } from "../../../../crawler/links/feed.ts";
import { urlKey } from "../../../../crawler/links/url.ts";
import { TDM_PATH } from "../../../../crawler/robots/robots.ts";
import { DAY_MS, HOUR_MS } from "../../../../lib/time.ts";
import { articlePage, type Page, textOf } from "../../../helpers/site.ts";
import { type Services, startServices, type WatchedSite } from "../../../helpers/watched-site.ts";
import { takeTurns } from "../../../helpers/worker.ts";

const TEXT = textOf("trams");
const TEASER = "The council lets trams run later at night from the spring on.";
const page = (head = "") =>
  articlePage("Trams run later", TEXT, `<meta name="description" content="${TEASER}">${head}`);
const licence = (terms: string, maxAge = "") =>
  `<rsl xmlns="https://rslstandard.org/rsl"${maxAge}><content url="/"><license>${terms}</license></content></rsl>`;
const OPEN = licence('<permits type="usage">all</permits>');
const CLOSED = licence(
  '<prohibits type="usage">ai-all</prohibits><permits type="usage">search</permits>',
);
const rsl =
  (xml: string): Page =>
  (_, response) =>
    void response.writeHead(200, { "content-type": "application/rsl+xml" }).end(xml);

let services: Services;
beforeAll(async () => {
  services = await startServices(import.meta.filename, { oneStore: true });
});
afterEach(() => services.closeSites());
afterAll(() => services?.close());

/** A site whose robots.txt names a licence of its own. */
async function siteWith(name: string, document: Page | undefined, paths = ["/a"]) {
  const watched = await services.watchSite(name, paths);
  const { site } = watched;
  for (const path of paths) site.pages[path] = page();
  site.pages["/robots.txt"] = `License: ${site.at("/licence.xml")}\n\nUser-agent: *\nAllow: /\n`;
  if (document !== undefined) site.pages["/licence.xml"] = document;
  return watched;
}
const articleAt = ({ store, site }: WatchedSite, path = "/a") =>
  store.collections.articles.findOne({ _id: urlKey(site.at(path)) });

describe("a licence that robots.txt names", () => {
  test("is fetched once for all pages of its host, and what it permits holds", async () => {
    const watched = await siteWith("open", rsl(OPEN), ["/a", "/b", "/c"]);
    await takeTurns(watched.worker, watched.site.host);
    expect(watched.site.requests.filter((path) => path === "/licence.xml")).toHaveLength(1);
    for (const path of ["/a", "/b", "/c"]) {
      expect(await articleAt(watched, path)).toMatchObject({ text: TEXT, reservations: [] });
    }
    const rights = (await articleAt(watched))?.rights ?? [];
    expect(rights).toMatchObject([{ format: "rsl", place: "licence", text: "permits all" }]);
  });

  test("is kept with its host, with its age, and as a capture", async () => {
    const watched = await siteWith("kept", rsl(OPEN));
    await takeTurns(watched.worker, watched.site.host);
    const [document] = await watched.store.collections.rightsDocuments.find().toArray();
    expect(document).toMatchObject({
      url: watched.site.at("/licence.xml"),
      text: OPEN,
      status: 200,
    });
    const age = Number(document?.expiresAt) - Number(document?.fetchedAt);
    expect(age).toBe(30 * DAY_MS);
    const host = await watched.worker.deps.hosts.get(watched.site.host);
    expect(host?.documents).toMatchObject([{ text: OPEN }]);
    const capture = await watched.store.collections.captures.findOne({ kind: "licence" });
    expect(capture).toMatchObject({ status: 200, finalUrl: watched.site.at("/licence.xml") });
  });

  test("withholds the text that it prohibits to machines", async () => {
    const watched = await siteWith("closed", rsl(CLOSED));
    await takeTurns(watched.worker, watched.site.host);
    const article = await articleAt(watched);
    const denied = (article?.rights ?? []).flatMap(({ denies = [] }) => denies);
    expect(denied).toEqual(expect.arrayContaining(["ai-input", "ai-train"]));
    expect(article).toMatchObject({ text: TEASER, reservations: ["tdm"] });
  });

  test.each([
    ["is missing", undefined, /it answered 404/],
    ["fails", (_, response) => void response.writeHead(503).end(), /it answered 503/],
    ["is broken", rsl("<rsl"), /unlicensed/],
  ] satisfies [string, Page | undefined, RegExp][])(
    "that %s gives machines no licence, and says why",
    async (name, document, why) => {
      const watched = await siteWith(name, document);
      await takeTurns(watched.worker, watched.site.host);
      const article = await articleAt(watched);
      expect(article).toMatchObject({ text: TEASER, reservations: ["tdm"] });
      expect(article?.rights?.[0]?.text).toMatch(why);
    },
  );

  test("isn't asked for where robots.txt forbids that", async () => {
    const watched = await siteWith("forbidden", rsl(OPEN));
    const { site } = watched;
    site.pages["/robots.txt"] =
      `License: ${site.at("/licence.xml")}\n\nUser-agent: *\nDisallow: /licence.xml\n`;
    await takeTurns(watched.worker, site.host);
    expect(site.requests).not.toContain("/licence.xml");
    expect((await articleAt(watched))?.rights?.[0]?.text).toMatch(/robots.txt forbids/);
  });

  test("is asked for again once it is too old; a page is read whole then, and follows it", async () => {
    const watched = await siteWith(
      "again",
      rsl(licence('<permits type="usage">all</permits>', ' max-age="2"')),
    );
    const { site, worker, store } = watched;
    await takeTurns(worker, site.host);
    const fetchAgain = async () => {
      await store.collections.links.updateMany(
        {},
        { $set: { state: "due", dueAt: worker.deps.now(), attempts: 0 } },
      );
      await takeTurns(worker, site.host);
    };
    site.pages["/licence.xml"] = rsl(CLOSED);
    worker.advance(DAY_MS);
    await fetchAgain();
    expect(await articleAt(watched)).toMatchObject({ text: TEXT });
    worker.advance(DAY_MS + HOUR_MS);
    await fetchAgain();
    expect(await articleAt(watched)).toMatchObject({ text: TEASER, reservations: ["tdm"] });
    const host = await store.collections.hosts.findOne({ _id: site.host });
    expect(host?.rightsChangedAt).toBeInstanceOf(Date);
  });
});

test.each([
  [
    "a Link header",
    (url: string): Page =>
      (_, response) =>
        void response
          .writeHead(200, {
            "content-type": "text/html",
            link: `<${url}>; rel="license"; type="application/rsl+xml"`,
          })
          .end(page()),
  ],
  [
    "markup",
    (url: string): Page => page(`<link rel="license" type="application/rsl+xml" href="${url}">`),
  ],
] as const)(
  "a licence on another host that %s names is fetched after that host's robots.txt, at its delay",
  async (name, make) => {
    const watched = await services.watchSite(name, ["/a"]);
    const other = await watched.openOther("two.example");
    const terms = licence('<permits type="usage">all</permits>').replace(
      'url="/"',
      `url="${watched.site.at("/")}"`,
    );
    const times: number[] = [];
    const timed =
      (body: string, type: string): Page =>
      (_, response) => {
        times.push(performance.now());
        response.writeHead(200, { "content-type": type }).end(body);
      };
    other.pages["/robots.txt"] = timed("User-agent: *\nCrawl-delay: 3\n", "text/plain");
    other.pages["/terms.xml"] = timed(terms, "application/rsl+xml");
    watched.site.pages["/a"] = make(other.at("/terms.xml"));
    await takeTurns(watched.worker, watched.site.host);
    expect(other.requests).toEqual(["/robots.txt", "/terms.xml"]);
    const [robots = 0, licenced = 0] = times;
    expect(licenced - robots).toBeGreaterThan(2950);
    expect(await articleAt(watched)).toMatchObject({ text: TEXT, reservations: [] });
  },
);

test("licences on several hosts are fetched side by side, none waits for another", async () => {
  const watched = await services.watchSite("several", ["/a"]);
  const hosts = [await watched.openOther("two.example"), await watched.openOther("three.example")];
  const heads = hosts.map(
    (other) => `<link rel="license" type="application/rsl+xml" href="${other.at("/terms.xml")}">`,
  );
  watched.site.pages["/a"] = page(heads.join(""));
  const terms = OPEN.replace('url="/"', `url="${watched.site.at("/")}"`);
  const answers: (() => void)[] = [];
  for (const other of hosts) {
    other.pages["/robots.txt"] = "User-agent: *\nAllow: /\n";
    other.pages["/terms.xml"] = (_, response) => {
      response.writeHead(200, { "content-type": "application/rsl+xml" });
      answers.push(() => void response.end(terms));
      if (answers.length === hosts.length) for (const answer of answers) answer();
    };
  }
  await takeTurns(watched.worker, watched.site.host);
  expect(await articleAt(watched)).toMatchObject({ text: TEXT, reservations: [] });
});

test("a licence of its item in a feed holds for a page, a later one too, whatever is not modified", async () => {
  const watched = await services.watchSite("feed", ["/a"]);
  const { site, worker, store } = watched;
  site.pages["/a"] = ({ headers }, response) => {
    if (headers["if-none-match"]) response.writeHead(304).end();
    else response.writeHead(200, { "content-type": "text/html", etag: '"1"' }).end(page());
  };
  const announce = async (terms: string) => {
    const license = `<rsl:license>${terms}</rsl:license>`;
    const feed = `<rss version="2.0" xmlns:rsl="https://rslstandard.org/rsl"><channel><title>City</title>
      <item><link>${site.at("/a")}</link><rsl:content url="${site.at("/a")}">${license}</rsl:content></item></channel></rss>`;
    const { links } = readFeed(feed, site.at("/feed.xml"), undefined, worker.deps.now());
    const set = { "hints.usage": links[0]?.hints.usage, state: "due", attempts: 0 } as const;
    await store.collections.links.updateMany({}, { $set: { ...set, dueAt: worker.deps.now() } });
    await takeTurns(worker, site.host);
  };
  await announce('<rsl:permits type="usage">all</rsl:permits>');
  expect(await articleAt(watched)).toMatchObject({ text: TEXT, reservations: [] });
  worker.advance(HOUR_MS);
  await announce('<rsl:prohibits type="usage">all</rsl:prohibits>');
  expect(await articleAt(watched)).toMatchObject({ status: "unlisted", text: TEASER });
});

test("a reservation that a 304 states holds at once, and isn't asked for again and again", async () => {
  const watched = await services.watchSite("reserved-304", ["/a"]);
  const { site, worker, store } = watched;
  let reserved = {};
  const conditions: (string | undefined)[] = [];
  site.pages["/a"] = ({ headers }, response) => {
    const condition = headers["if-none-match"];
    conditions.push(condition);
    if (condition) response.writeHead(304, { etag: '"1"', ...reserved }).end();
    else {
      const type = { "content-type": "text/html", etag: '"1"' };
      response.writeHead(200, { ...type, ...reserved }).end(page());
    }
  };
  const fetchAgain = async () => {
    const set = { state: "due", attempts: 0, dueAt: worker.deps.now() } as const;
    await store.collections.links.updateMany({ kind: "article" }, { $set: set });
    await takeTurns(worker, site.host);
  };
  await takeTurns(worker, site.host);
  await fetchAgain();
  expect(await articleAt(watched)).toMatchObject({ text: TEXT, reservations: [] });
  reserved = { "x-robots-tag": "noarchive" };
  await fetchAgain();
  expect(await articleAt(watched)).toMatchObject({ text: TEASER, reservations: ["noarchive"] });
  await fetchAgain();
  expect(conditions).toEqual([undefined, '"1"', '"1"', undefined, '"1"']);
});

test("a policy that tdmrep.json names says whom to ask; what is reserved stays so", async () => {
  const watched = await services.watchSite("policy", ["/a"]);
  const { site } = watched;
  site.pages["/a"] = page();
  site.pages[TDM_PATH] = JSON.stringify([
    { location: "/", "tdm-reservation": 1, "tdm-policy": site.at("/policy.json") },
  ]);
  site.pages["/policy.json"] = (_, response) => {
    const assigner = { "vcard:hasURL": "https://one.example/ask" };
    const permission = [{ action: "tdm:mine", duty: [{ action: "obtainConsent" }] }];
    response
      .setHeader("content-type", "application/json")
      .end(JSON.stringify({ assigner, permission }));
  };
  await takeTurns(watched.worker, site.host);
  expect(site.requests.filter((path) => path === "/policy.json")).toHaveLength(1);
  const article = await articleAt(watched);
  expect(article).toMatchObject({ text: TEASER, reservations: ["tdm"] });
  expect(article?.rights).toContainEqual(
    expect.objectContaining({ format: "odrl", place: "policy", terms: "https://one.example/ask" }),
  );
});
