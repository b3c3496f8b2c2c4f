import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { urlKey } from "../../crawler/links/url.ts";
import { dueHosts, ensureHosts } from "../../store/crawl/hosts.ts";
import { addLinks, getLink } from "../../store/crawl/links.ts";
import { getSource } from "../../store/sources/sources.ts";
import { crawl } from "../../workers/crawl/open-runs.ts";
import { tick } from "../../workers/schedule/tick.ts";
import { makeSource } from "../helpers/articles.ts";
import { makeLink } from "../helpers/links.ts";
import { articlePage, feedOf, moved, textOf } from "../helpers/site.ts";
import { type Services, startServices } from "../helpers/watched-site.ts";
import { takeTurns } from "../helpers/worker.ts";

let services: Services;
beforeAll(async () => {
  services = await startServices(import.meta.filename, { oneStore: true });
});
afterEach(() => services.closeSites());
afterAll(() => services?.close());

describe("redirects", () => {
  test("a hop is a turn of its own, and both addresses lead to the article", async () => {
    const { store, site, worker, link } = await services.watchSite("hop", ["/old"]);
    site.pages["/old"] = moved("/new");
    site.pages["/new"] = articlePage("Moved");
    await takeTurns(worker, site.host);
    expect(site.requests).toEqual(["/robots.txt", "/old", "/new"]);
    const id = urlKey(site.at("/old"));
    expect(await link("/old")).toMatchObject({ state: "done", articleId: id, attempts: 1 });
    const aliases = await store.collections.aliases.find({ articleId: id }).toArray();
    expect(aliases.map(({ _id }) => _id).toSorted()).toEqual(
      [id, urlKey(site.at("/new"))].toSorted(),
    );
    const captures = await store.collections.captures.find({ linkId: id }).toArray();
    expect(captures.map(({ status, hops }) => [status, hops.length])).toEqual([
      [301, 0],
      [200, 1],
    ]);
  });

  test("by a page that only refreshes is followed like any other", async () => {
    const { site, worker, link } = await services.watchSite("refresh", ["/old"]);
    site.pages["/old"] = '<title>/new</title><meta http-equiv="refresh" content="0; url=/new">';
    site.pages["/new"] = articlePage("Moved");
    await takeTurns(worker, site.host);
    expect(site.requests).toEqual(["/robots.txt", "/old", "/new"]);
    const articleId = urlKey(site.at("/old"));
    expect(await link("/old")).toMatchObject({ state: "done", articleId, outcome: "new" });
  });

  test("to another host it waits for that host's turn, under that host's robots.txt", async () => {
    const { store, site, worker, link, openOther } = await services.watchSite(
      "away",
      ["/old", "/shut"],
      {
        source: { allowHosts: ["two.example"] },
      },
    );
    const two = await openOther("two.example");
    two.pages["/robots.txt"] = "User-agent: *\nDisallow: /shut";
    two.pages["/new"] = articlePage("Moved away");
    site.pages["/old"] = moved(two.at("/new"));
    site.pages["/shut"] = moved(two.at("/shut"));
    await takeTurns(worker, site.host);
    expect(two.requests).toEqual([]);
    expect(await link("/old")).toMatchObject({ state: "due", host: two.host });
    const woken = await store.collections.hosts.findOne({ _id: two.host });
    expect(woken?.nextTurnAt.http).toBeInstanceOf(Date);
    await takeTurns(worker, two.host);
    expect(two.requests).toEqual(["/robots.txt", "/new"]);
    expect(await link("/old")).toMatchObject({ state: "done", outcome: "new" });
    expect(await link("/shut")).toMatchObject({ state: "skipped", reason: "robots" });
  });

  test("to a stranger it is not followed", async () => {
    const { site, worker, link } = await services.watchSite("stranger", ["/old"]);
    site.pages["/old"] = moved("http://elsewhere.example/x");
    await takeTurns(worker, site.host);
    expect(await link("/old")).toMatchObject({ state: "skipped", reason: "off-site" });
  });

  test("to an article that another link has, it is one more address of it", async () => {
    const { store, site, worker, link } = await services.watchSite("known", ["/article", "/short"]);
    site.pages["/short"] = moved("/article");
    await takeTurns(worker, site.host);
    const articleId = urlKey(site.at("/article"));
    expect(await link("/short")).toMatchObject({
      state: "skipped",
      reason: "duplicate",
      articleId,
    });
    const alias = await store.collections.aliases.findOne({ _id: urlKey(site.at("/short")) });
    expect(alias).toMatchObject({ articleId, kind: "redirect" });
    expect(site.requests.filter((path) => path === "/article")).toHaveLength(1);
  });
});

test("print and mobile versions are more addresses of an article, and claim nobody else's", async () => {
  const paths = ["/news/1", "/print/news/1", "/news/1?print=1"];
  const { store, site, worker, link, openOther } = await services.watchSite("variants", paths);
  const mobile = await openOther("m.one.example");
  const text = textOf("council");
  const alternate = (media: string, href: string) =>
    `<link rel="alternate" media="${media}" href="${href}">`;
  const alternates = `${alternate("print", "/print/news/1")}${alternate("only screen and (max-width: 640px)", mobile.at("/news/1"))}
    <link rel="amphtml" href="http://two.example/theirs">`;
  site.pages["/news/1"] = articlePage("Council meets", text, alternates);
  // Neither of the first two says where it belongs.
  site.pages["/print/news/1"] = articlePage("Council meets", text);
  mobile.pages["/news/1"] = articlePage("Council meets", text);
  const canonical = `<link rel="canonical" href="${site.at("/news/1")}">`;
  site.pages["/news/1?print=1"] = articlePage("Council meets (print)", text, canonical);
  const url = mobile.at("/news/1");
  await ensureHosts(store, [{ host: mobile.host, delay: 20, concurrency: 1 }]);
  await addLinks(store, [makeLink(urlKey(url), { url, foundUrl: url, host: mobile.host })]);
  await takeTurns(worker, site.host);
  await takeTurns(worker, mobile.host);
  const articles = await store.collections.articles.find().toArray();
  expect(articles.map(({ title }) => title)).toEqual(["Council meets"]);
  const articleId = urlKey(site.at("/news/1"));
  const again = { state: "done", outcome: "duplicate", articleId };
  expect(await link("/print/news/1")).toMatchObject(again);
  expect(await link("/news/1?print=1")).toMatchObject(again);
  expect(await getLink(store, urlKey(url))).toMatchObject(again);
  const aliases = await store.collections.aliases.find({ articleId }).toArray();
  expect(aliases.map(({ kind }) => kind).toSorted()).toEqual([
    "mobile",
    "print",
    "self",
    "variant",
  ]);
});

test("an article that moved to another host is found there again when its feed says it changed", async () => {
  const { store, site, worker, openOther } = await services.watchSite("moved-again", []);
  const two = await openOther("two.example");
  site.pages["/old"] = moved(two.at("/new"));
  two.pages["/new"] = articlePage("Moved");
  const feed = feedOf([site.at("/old")]);
  site.pages["/feed"] = feed;
  const feeds = [site.at("/feed")];
  await store.collections.sources.insertOne(
    makeSource("s1", { feeds, allowHosts: ["two.example"], render: "http" }),
  );
  const play = async () => {
    const set = { nextDueAt: worker.deps.now(), pace: { delay: 20, concurrency: 1 } };
    await store.collections.sources.updateOne({ _id: "s1" }, { $set: set });
    await crawl(worker.deps, [{ sourceId: "s1" }]);
    // As the tick does: whoever is due gets a turn.
    for (let rounds = 0; rounds < 4; rounds++) {
      for (const { _id } of await dueHosts(store, "http", worker.deps.now(), 10)) {
        await takeTurns(worker, _id);
      }
    }
    await tick(worker.deps);
    worker.advance(120_000);
  };
  await play();
  site.pages["/feed"] = feed.replace("News of /old", "News of /old, corrected");
  two.pages["/new"] = articlePage("Moved, corrected");
  await play();
  expect(await getSource(store, "s1")).toMatchObject({ openRunId: null, lastProblem: null });
  const [article] = await store.collections.articles.find().toArray();
  expect(article).toMatchObject({ title: "Moved, corrected", version: 2 });
});
