import type { IncomingMessage } from "node:http";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { LIMITS } from "../../../../config/limits.ts";
import { urlKey } from "../../../../discover/canonical-url.ts";
import { sleep } from "../../../../lib/time.ts";
import { getSource } from "../../../../store/sources.ts";
import { crawl } from "../../../../workers/crawl.ts";
import { tick } from "../../../../workers/schedule.ts";
import { takeTurn } from "../../../../workers/turn/turn.ts";
import { makeSource } from "../../../helpers/articles.ts";
import { deriveAgain } from "../../../helpers/reprocess.ts";
import { articlePage, feedOf, textOf } from "../../../helpers/site.ts";
import { type Services, startServices, type WatchedSite } from "../../../helpers/watched-site.ts";
import { takeTurns } from "../../../helpers/worker.ts";

let services: Services;
beforeAll(async () => {
  services = await startServices(import.meta.filename);
});
afterEach(() => services.closeSites());
afterAll(() => services?.close());

/** A scene with a source of its own, whose runs are played from begin to end. */
async function openSource(name: string, given: (watched: WatchedSite) => object) {
  const watched = await services.watchSite(name, []);
  const { store, site, worker } = watched;
  const source = makeSource("s1", { render: "http", ...given(watched), nextDueAt: new Date(0) });
  source.pace = { delay: 20, concurrency: 1 };
  await store.collections.sources.insertOne(source);
  /** Plays one run; answers what was asked for in it. */
  const play = async () => {
    const dueAt = worker.deps.now();
    await store.collections.sources.updateOne({ _id: "s1" }, { $set: { nextDueAt: dueAt } });
    const before = site.asked.length;
    await crawl(worker.deps, { sourceId: "s1", trigger: "schedule" });
    await takeTurns(worker, site.host);
    await tick(worker.deps);
    expect(await getSource(store, "s1")).toMatchObject({ openRunId: null });
    worker.advance(120_000);
    return site.asked.slice(before);
  };
  const runs = () => store.collections.runs.find().sort({ startedAt: 1 }).toArray();
  return { ...watched, play, runs };
}

test("an unchanged feed is asked for conditionally, keeps its validators, and is read in full now and then", async () => {
  const watched = await openSource("validators", ({ site }) => ({ feeds: [site.at("/feed")] }));
  const { store, site, play, link, runs } = watched;
  const asked: (string | undefined)[] = [];
  site.pages["/a"] = articlePage("Report a");
  site.pages["/feed"] = (request: IncomingMessage, response) => {
    asked.push(request.headers["if-none-match"]);
    if (request.headers["if-none-match"] === '"v1"') response.writeHead(304).end();
    else response.setHeader("etag", '"v1"').end(feedOf([site.at("/a")]));
  };
  expect(await play()).toEqual(["/robots.txt", "/feed", "/a"]);
  expect(await play()).toEqual(["/feed"]);
  expect(await play()).toEqual(["/feed"]);
  expect(asked).toEqual([undefined, '"v1"', '"v1"']);
  expect(await link("/feed")).toMatchObject({
    state: "done",
    outcome: "unchanged",
    notModified: 2,
    validators: { etag: '"v1"' },
  });
  expect(await runs()).toMatchObject([
    { first: true, counts: { stored: 1, links: 1 } },
    { first: false, counts: { stored: 0, links: 0, entryPoints: 1, http: 1 } },
    { first: false, counts: { entryPoints: 1 } },
  ]);
  const id = urlKey(site.at("/feed"));
  await store.collections.links.updateOne({ _id: id }, { $set: { notModified: 10 } });
  await play();
  expect(asked.at(-1)).toBeUndefined();
  expect(await link("/feed")).toMatchObject({ notModified: 0, validators: { etag: '"v1"' } });
});

test("an article that its feed says changed is looked at again and gets its next revision", async () => {
  const watched = await openSource("corrected", ({ site }) => ({ feeds: [site.at("/feed")] }));
  const { store, site, play, runs } = watched;
  site.pages["/a"] = articlePage("Report a");
  site.pages["/b"] = articlePage("Report b");
  site.pages["/feed"] = feedOf(["/a", "/b"].map((path) => site.at(path)));
  await play();
  site.pages["/a"] = articlePage("Report a, corrected", textOf("corrected"));
  site.pages["/feed"] = feedOf(["/a", "/b"].map((path) => site.at(path))).replace(
    "News of /a",
    "News of /a, corrected",
  );
  expect(await play()).toEqual(["/feed", "/a"]);
  const id = urlKey(site.at("/a"));
  const article = await store.collections.articles.findOne({ _id: id });
  expect(article).toMatchObject({ title: "Report a, corrected", version: 2, revision: 2 });
  const revisions = await store.collections.revisions.find({ articleId: id }).toArray();
  expect(revisions.map(({ revision }) => revision).toSorted((a, b) => a - b)).toEqual([1, 2]);
  expect((await runs())[1]).toMatchObject({ counts: { updated: 1, stored: 0, links: 1 } });
});

test("a feed that names more than a run takes is read in full again by the next run", async () => {
  const watched = await openSource("over", ({ site }) => ({ feeds: [site.at("/feed")] }));
  const { store, site, worker, link } = watched;
  const { linksPerRun } = LIMITS;
  const paths = Array.from({ length: linksPerRun + 2 }, (_, n) => `/news/report-${n}`);
  site.pages["/feed"] = (_, response) =>
    void response.setHeader("etag", '"v1"').end(feedOf(paths.map((path) => site.at(path))));
  const lastSuccessAt = new Date(0);
  await store.collections.sources.updateOne({ _id: "s1" }, { $set: { lastSuccessAt } });
  await crawl(worker.deps, { sourceId: "s1", trigger: "schedule" });
  while ((await link("/feed"))?.state === "due") {
    await takeTurn(worker.deps, "http", { host: site.host, turn: 0 });
    await sleep(25);
  }
  const due = await store.collections.links.countDocuments({ runId: "s1-0", kind: "article" });
  expect(due).toBe(linksPerRun);
  expect(await link("/feed")).toMatchObject({ state: "done", validators: {} });
});

const name = (n: number) => `report-number-${n}`;
const listOf = (numbers: number[], next: number) =>
  `<!doctype html><title>News</title><main>${numbers.map((n) => `<h2><a href="/news/${name(n)}">Report ${n}</a></h2>`).join("")}<a class="next" href="/list?page=${next}">next</a></main>`;
const lists = (asked: string[]) => asked.filter((path) => path.startsWith("/list"));
/** A source with a list of three pages, of which the last one says what the one before said. */
async function openList(named: string, feeds: string[]) {
  const watched = await openSource(named, ({ site }) => ({
    feeds: feeds.map((path) => site.at(path)),
    listings: [{ url: site.at("/list"), link: "h2 a", next: "a.next", pages: 10 }],
  }));
  const { pages } = watched.site;
  for (const n of [1, 2, 3, 4, 5]) pages[`/news/${name(n)}`] = articlePage(`Report ${n}`);
  [[1, 2], [3, 4], [4], [9]].forEach((numbers, at) => {
    pages[at === 0 ? "/list" : `/list?page=${at + 1}`] = listOf(numbers, at + 2);
  });
  return watched;
}

test("a list is followed page by page until a page brings nothing new", async () => {
  const { site, play } = await openList("list", []);
  expect(lists(await play())).toEqual(["/list", "/list?page=2", "/list?page=3"]);
  expect(await play()).toEqual(["/list"]);
  site.pages["/list"] = listOf([5, 1], 2);
  const asked = await play();
  expect(lists(asked)).toEqual(["/list", "/list?page=2"]);
  expect(asked).toContain(`/news/${name(5)}`);
});

test("a list goes on behind what its feed has named in the same run", async () => {
  const { site, play } = await openList("behind", ["/feed"]);
  site.pages["/feed"] = feedOf([1, 2].map((n) => site.at(`/news/${name(n)}`)));
  const asked = await play();
  expect(lists(asked)).toEqual(["/list", "/list?page=2", "/list?page=3"]);
  expect(asked).toContain(`/news/${name(3)}`);
  expect(lists(await play())).toEqual(["/list"]);
});

test("a robots.txt that redirects is read where it leads, at the host's pace", async () => {
  const watched = await openSource("robots", ({ site }) => ({ feeds: [site.at("/feed")] }));
  const { store, site, play } = watched;
  site.pages["/robots.txt"] = (_, response) =>
    void response.writeHead(301, { location: "/real-robots.txt" }).end();
  site.pages["/real-robots.txt"] = "User-agent: *\nDisallow: /private";
  site.pages["/open"] = articlePage("Open");
  site.pages["/feed"] = feedOf(["/private", "/open"].map((path) => site.at(path)));
  expect(await play()).toEqual(["/robots.txt", "/real-robots.txt", "/feed", "/open"]);
  const [capture] = await store.collections.captures.find({ kind: "robots" }).toArray();
  expect(capture).toMatchObject({ status: 200, hops: [{ status: 301 }] });
});

test("a run whose feed can't be read is a failure, and the next one is still the first", async () => {
  const watched = await openSource("gone", ({ site }) => ({
    feeds: [site.at("/feed")],
    firstRun: { articles: 1, days: 30 },
  }));
  const { store, site, play, runs } = watched;
  const source = () => getSource(store, "s1");
  await play();
  const gone = { failures: 1, lastProblem: "entry points not read: 1 × gone" };
  expect(await source()).toMatchObject({ ...gone, lastSuccessAt: null });
  site.pages["/feed"] = (_, response) =>
    void response.writeHead(503, { "retry-after": "90" }).end();
  await play();
  const away = { failures: 2, lastProblem: "entry points not read: 1 × too-many-requests" };
  expect(await source()).toMatchObject({ ...away, lastSuccessAt: null });
  for (const path of ["/a", "/b"]) site.pages[path] = articlePage(`Report ${path}`);
  site.pages["/feed"] = feedOf(["/a", "/b"].map((path) => site.at(path)));
  await play();
  expect(await source()).toMatchObject({ failures: 0, lastProblem: null });
  const counts = { stored: 1, skipped: { "too-old": 1 } };
  expect((await runs()).at(-1)).toMatchObject({ first: true, counts });
});

test("a feed with a mistake that is mended is no failure, though it brings nothing new", async () => {
  const watched = await openSource("mended", ({ site }) => ({ feeds: [site.at("/feed")] }));
  const { store, site, play, runs } = watched;
  site.pages["/a"] = articlePage("Report a");
  const good = feedOf([site.at("/a")]);
  site.pages["/feed"] = good.replace("</item>", "</item><item><title>cut off");
  await play();
  await play();
  const played = await runs();
  expect(played.map(({ counts }) => counts.stored)).toEqual([1, 0]);
  expect(played[1]?.problems).not.toEqual([]);
  expect(await getSource(store, "s1")).toMatchObject({ failures: 0, lastProblem: null });
});

test("a web page in the place of a feed is a failure each time, though it is not modified", async () => {
  const watched = await openSource("page", ({ site }) => ({ feeds: [site.at("/feed")] }));
  const { store, site, play } = watched;
  site.pages["/feed"] = (request, response) => {
    if (request.headers["if-none-match"]) response.writeHead(304).end();
    else response.setHeader("etag", '"x"').setHeader("content-type", "text/html").end("<p>Moved");
  };
  for (const failures of [1, 2]) {
    await play();
    const lastProblem = "entry points not read: 1 × parse (not readable as RSS, Atom or JSON Feed)";
    expect(await getSource(store, "s1")).toMatchObject({ failures, lastProblem });
  }
});

test("stored captures are read again without the network; a better reading is a change", async () => {
  const watched = await openSource("again", ({ site }) => ({ feeds: [site.at("/feed")] }));
  const { store, site, worker, play } = watched;
  site.pages["/a"] = articlePage("Report a");
  site.pages["/feed"] = feedOf([site.at("/a")]);
  await play();
  const asked = site.asked.length;
  expect(await deriveAgain(worker.deps)).toMatchObject({ articles: 1, changed: 0, refreshed: 0 });
  // As an earlier extractor left it.
  await store.collections.articles.updateMany({}, { $set: { authors: ["Menu Home"], teaser: "" } });
  expect(await deriveAgain(worker.deps)).toMatchObject({
    articles: 1,
    changed: 1,
    fields: { authors: { count: 1, examples: [{ before: "Menu Home", after: "" }] } },
  });
  const [article] = await store.collections.articles.find().toArray();
  expect(article).toMatchObject({ version: 2, revision: 1 });
  expect(article?.authors).not.toEqual(["Menu Home"]);
  expect(site.asked).toHaveLength(asked);
});

test("the text that a feed carries isn't kept on the link: the page says what may be kept", async () => {
  const watched = await openSource("texts", ({ site }) => ({ feeds: [site.at("/feed")] }));
  const { site, play, link } = watched;
  const text = `<content:encoded><![CDATA[<p>${textOf("a")}</p>]]></content:encoded></item>`;
  site.pages["/a"] = articlePage("Report a");
  site.pages["/feed"] = feedOf([site.at("/a")]).replace("</item>", text);
  await play();
  const found = await link("/a");
  expect(found?.state).toBe("done");
  expect(Object.keys(found?.hints ?? {})).not.toContain("contentHtml");
});
