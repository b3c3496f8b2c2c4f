import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { TRAP_EVIDENCE } from "../../crawler/links/url.ts";
import { getHost } from "../../store/crawl/hosts.ts";
import { articlePage, feedOf, type Page } from "../helpers/site.ts";
import { type Services, startServices } from "../helpers/watched-site.ts";
import { watchSource } from "../helpers/watched-source.ts";
import { takeTurns } from "../helpers/worker.ts";

let services: Services;
beforeAll(async () => {
  services = await startServices(import.meta.filename, { oneStore: true });
});
afterEach(() => services.closeSites());
afterAll(() => services?.close());

const xml = (root: string, inner: string) =>
  `<?xml version="1.0"?><${root} xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">${inner}</${root}>`;

test("sitemap indexes that name each other are looked at once a run", async () => {
  const watched = await watchSource(services, "loop", ({ site }) => ({
    feeds: [],
    sitemaps: [site.at("/a.xml")],
  }));
  const { site, runOnce } = watched;
  const index = (...paths: string[]) =>
    xml(
      "sitemapindex",
      paths.map((path) => `<sitemap><loc>${site.at(path)}</loc></sitemap>`).join(""),
    );
  site.pages["/a.xml"] = index("/a.xml", "/b.xml", "/c.xml");
  site.pages["/b.xml"] = index("/a.xml", "/c.xml", "/b.xml");
  site.pages["/c.xml"] = xml("urlset", `<url><loc>${site.at("/news/a")}</loc></url>`);
  site.pages["/news/a"] = articlePage("Report a");
  expect((await runOnce()).toSorted()).toEqual(["/a.xml", "/b.xml", "/c.xml", "/news/a"]);
  expect((await runOnce()).toSorted()).toEqual(["/a.xml", "/b.xml", "/c.xml"]);
});

test("a calendar without articles is left alone after some of its days; articles go on", async () => {
  const watched = await watchSource(services, "calendar", ({ site }) => ({
    feeds: [],
    listings: [{ url: site.at("/list"), link: "a", pages: 1 }],
  }));
  const { store, site, runOnce, problems } = watched;
  const day = (n: number) =>
    `/calendar/${new Date(Date.UTC(2026, 0, 1 + n)).toISOString().slice(0, 10)}`;
  const days = Array.from({ length: 60 }, (_, n) => day(n));
  for (const path of days)
    site.pages[path] = `<title>Calendar</title><nav><a href="/">Home</a></nav>`;
  site.pages["/news/1"] = articlePage("Report 1");
  site.pages["/news/2"] = articlePage("Report 2");
  const list = (paths: string[]) =>
    paths.map((path) => `<a href="${path}">Events on this day of the calendar</a>`).join("");
  site.pages["/list"] = list([...days.slice(0, TRAP_EVIDENCE), "/news/1"]);
  expect(await runOnce()).toHaveLength(1 + TRAP_EVIDENCE + 1);
  const host = await getHost(store, site.host);
  expect(Object.values(host?.traps ?? {})).toMatchObject([
    { pattern: "/calendar/0-0-0", misses: TRAP_EVIDENCE },
  ]);
  site.pages["/list"] = list([...days, "/news/2"]);
  expect((await runOnce()).toSorted()).toEqual([days[TRAP_EVIDENCE], "/list", "/news/2"]);
  expect(await problems()).toEqual([
    "links not followed: 39 (none of the last 20 pages like /calendar/0-0-0 held a new article)",
  ]);
});

test("one article under ever new addresses is a trap as well, until the pattern brings another", async () => {
  const watched = await watchSource(services, "session", ({ site }) => ({
    feeds: [site.at("/feed")],
  }));
  const { store, site, runOnce } = watched;
  const canonical = `<link rel="canonical" href="${site.at("/news/council")}">`;
  const addresses = (from: number, count: number) =>
    Array.from({ length: count }, (_, n) => `/news/council?visit=${from + n}`);
  for (const path of addresses(0, 40))
    site.pages[path] = articlePage("Council", undefined, canonical);
  site.pages["/feed"] = feedOf(addresses(0, TRAP_EVIDENCE + 1).map((path) => site.at(path)));
  await runOnce();
  expect(await store.collections.articles.countDocuments()).toBe(1);
  site.pages["/feed"] = feedOf(addresses(21, 10).map((path) => site.at(path)));
  expect(await runOnce()).toEqual(["/feed", "/news/council?visit=21"]);
  // The one that is still tried brings another article: the others are taken again.
  const [next = ""] = addresses(22, 1);
  site.pages[next] = articlePage("School");
  await runOnce();
  expect(await store.collections.articles.countDocuments()).toBe(2);
  expect((await runOnce()).length).toBeGreaterThan(5);
});

const goes =
  (to: string): Page =>
  (_, response) =>
    void response.writeHead(302, { location: to }).end();
const says = (status: number, html: string, headers: object = {}): Page => {
  return (_, response) =>
    void response.writeHead(status, { "content-type": "text/html", ...headers }).end(html);
};
const prose = "The council will look into it and answer soon. ".repeat(20);
const sorry = `<p>We are sorry, but the page that you are looking for is not here any more. It may have moved when
  our site was renewed in spring. Please check the address, use the search, or go to our home page.</p>`;
const links = '<a href="/a">News of the council and the city</a>'.repeat(20);
/** Pages that are no articles, with what becomes of their links. */
const NO_ARTICLES: Record<string, [page: Page, state: string, reason: string]> = {
  "/loop": [goes("/loop-2"), "dead-letter", "redirect-loop"],
  "/self": [goes("/self"), "dead-letter", "redirect-loop"],
  "/chain-0": [goes("/chain-1"), "dead-letter", "redirect-loop"],
  "/js": [goes("javascript:alert(1)"), "skipped", "bad-url"],
  "/data": [goes("data:text/html,<h1>x"), "skipped", "bad-url"],
  "/file": [goes("file:///etc/passwd"), "skipped", "bad-url"],
  "/ftp": [goes("ftp://one.example/a"), "skipped", "bad-url"],
  "/soft-404": [
    says(200, `<title>Page not found</title><nav>${links}</nav><h1>Page not found</h1>${sorry}`),
    "skipped",
    "not-article",
  ],
  "/soft-404-of-many-words": [
    says(
      200,
      `<title>Our city</title><main class="error404"><h1>Page not found</h1>${sorry}<p>${prose}`,
    ),
    "skipped",
    "not-article",
  ],
  "/away": [goes("/"), "skipped", "not-article"],
  "/blocked": [says(403, articlePage("Access denied")), "skipped", "blocked"],
  "/challenge": [
    says(200, "<title>Just a moment...</title><script>window._cf_chl_opt={}</script>"),
    "skipped",
    "blocked",
  ],
  "/captcha": [
    says(200, `<div class="g-recaptcha"></div><p>Our systems saw unusual traffic. ${prose}`),
    "skipped",
    "blocked",
  ],
  "/cookies": [goes("/consent?to=/cookies"), "skipped", "consent"],
};

test("loops, chains, other schemes, soft 404, block, captcha and cookie pages: no article, a reason each", async () => {
  const paths = Object.keys(NO_ARTICLES);
  const watched = await services.watchSite("no-articles", paths, {
    source: { pace: { delay: 0, concurrency: 1 } },
  });
  const { store, site, worker, link } = watched;
  for (const [path, [page]] of Object.entries(NO_ARTICLES)) site.pages[path] = page;
  site.pages["/loop-2"] = goes("/loop");
  site.pages["/"] = says(200, `<title>Our city</title><h1>Our city is open</h1><p>${prose}`);
  for (let n = 1; n < 9; n++) site.pages[`/chain-${n}`] = goes(`/chain-${n + 1}`);
  await takeTurns(worker, site.host);
  const became = await Promise.all(
    paths.map(async (path) => {
      const { state, reason } = (await link(path)) ?? {};
      return [path, state, reason];
    }),
  );
  expect(became).toEqual(Object.entries(NO_ARTICLES).map(([path, [, ...end]]) => [path, ...end]));
  expect(await store.collections.articles.countDocuments()).toBe(0);
  expect(site.requests.length).toBeLessThan(32);
});

test("one text in place of whatever is missing, in no words that are known: not listed more than once", async () => {
  const paths = Array.from({ length: 6 }, (_, n) => `/gone/${n}`);
  const options = { source: { pace: { delay: 0, concurrency: 1 } } };
  const { store, site, worker } = await services.watchSite("one-text", paths, options);
  const one = says(
    200,
    `<title>Our city</title><h1>Our city greets all of its visitors</h1><p>${prose}`,
  );
  for (const path of paths) site.pages[path] = one;
  await takeTurns(worker, site.host);
  const articles = await store.collections.articles.find().toArray();
  expect(articles.filter(({ duplicateOf }) => duplicateOf === null).length).toBeLessThanOrEqual(1);
});
