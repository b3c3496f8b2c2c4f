import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { TRAP_EVIDENCE } from "../../../discover/trap.ts";
import { getHost } from "../../../store/hosts.ts";
import { openStage, type Stage } from "../../helpers/scene.ts";
import { articlePage, feedOf } from "../../helpers/site.ts";
import { watch } from "../../helpers/watch.ts";

let stage: Stage;
beforeAll(async () => {
  stage = await openStage(import.meta.filename);
});
afterEach(() => stage.clear());
afterAll(() => stage?.close());

const xml = (root: string, inner: string) =>
  `<?xml version="1.0"?><${root} xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">${inner}</${root}>`;

test("sitemap indexes that name each other are looked at once a run", async () => {
  const scene = await watch(stage, "loop", ({ site }) => ({
    feeds: [],
    sitemaps: [site.at("/a.xml")],
  }));
  const { site, play } = scene;
  const index = (...paths: string[]) =>
    xml(
      "sitemapindex",
      paths.map((path) => `<sitemap><loc>${site.at(path)}</loc></sitemap>`).join(""),
    );
  site.pages["/a.xml"] = index("/a.xml", "/b.xml", "/c.xml");
  site.pages["/b.xml"] = index("/a.xml", "/c.xml", "/b.xml");
  site.pages["/c.xml"] = xml("urlset", `<url><loc>${site.at("/news/a")}</loc></url>`);
  site.pages["/news/a"] = articlePage("Report a");
  expect((await play()).toSorted()).toEqual(["/a.xml", "/b.xml", "/c.xml", "/news/a"]);
  expect((await play()).toSorted()).toEqual(["/a.xml", "/b.xml", "/c.xml"]);
});

test("a calendar without articles is left alone after some of its days; articles go on", async () => {
  const scene = await watch(stage, "calendar", ({ site }) => ({
    feeds: [],
    listings: [{ url: site.at("/list"), link: "a", pages: 1 }],
  }));
  const { store, site, play, problems } = scene;
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
  expect(await play()).toHaveLength(1 + TRAP_EVIDENCE + 1);
  const host = await getHost(store, site.host);
  expect(Object.values(host?.traps ?? {})).toMatchObject([
    { pattern: "/calendar/0-0-0", misses: TRAP_EVIDENCE },
  ]);
  site.pages["/list"] = list([...days, "/news/2"]);
  expect((await play()).toSorted()).toEqual([days[TRAP_EVIDENCE], "/list", "/news/2"]);
  expect(await problems()).toEqual([
    "39 links left out: none of the last 20 pages like /calendar/0-0-0 held a new article",
  ]);
});

test("one article under ever new addresses is a trap as well, until the pattern brings another", async () => {
  const scene = await watch(stage, "session", ({ site }) => ({ feeds: [site.at("/feed")] }));
  const { store, site, play } = scene;
  const canonical = `<link rel="canonical" href="${site.at("/news/council")}">`;
  const addresses = (from: number, count: number) =>
    Array.from({ length: count }, (_, n) => `/news/council?visit=${from + n}`);
  for (const path of addresses(0, 40))
    site.pages[path] = articlePage("Council", undefined, canonical);
  site.pages["/feed"] = feedOf(addresses(0, TRAP_EVIDENCE + 1).map((path) => site.at(path)));
  await play();
  expect(await store.collections.articles.countDocuments()).toBe(1);
  site.pages["/feed"] = feedOf(addresses(21, 10).map((path) => site.at(path)));
  expect(await play()).toEqual(["/feed", "/news/council?visit=21"]);
  // The one that is still tried brings another article: the others are taken again.
  const [next = ""] = addresses(22, 1);
  site.pages[next] = articlePage("School");
  await play();
  expect(await store.collections.articles.countDocuments()).toBe(2);
  expect((await play()).length).toBeGreaterThan(5);
});
