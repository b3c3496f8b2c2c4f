import type { IncomingMessage } from "node:http";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { LIMITS } from "../../../../config/limits.ts";
import { urlKey } from "../../../../crawler/links/url.ts";
import { sleep } from "../../../../lib/time.ts";
import { getSource } from "../../../../store/sources/sources.ts";
import { crawl } from "../../../../workers/crawl/open-runs.ts";
import { takeTurn } from "../../../../workers/flow.ts";
import { tick } from "../../../../workers/schedule/tick.ts";
import { makeSource } from "../../../helpers/articles.ts";
import { deriveAgain } from "../../../helpers/reprocess.ts";
import { articlePage, feedOf, textOf } from "../../../helpers/site.ts";
import { type Services, startServices, type WatchedSite } from "../../../helpers/watched-site.ts";
import { takeTurns } from "../../../helpers/worker.ts";

let services: Services;
beforeAll(async () => {
  services = await startServices(import.meta.filename, { oneStore: true });
});
afterEach(() => services.closeSites());
afterAll(() => services?.close());

/** A site with a source of its own; `run` takes one run of it from begin to end and answers what it fetched. */
async function openSource(name: string, overrides: (watched: WatchedSite) => object) {
  const watched = await services.watchSite(name, []);
  const { store, site, worker } = watched;
  const source = makeSource("s1", {
    render: "http",
    ...overrides(watched),
    nextDueAt: new Date(0),
  });
  source.pace = { delay: 20, concurrency: 1 };
  await store.collections.sources.insertOne(source);
  const run = async () => {
    const dueAt = worker.deps.now();
    await store.collections.sources.updateOne({ _id: "s1" }, { $set: { nextDueAt: dueAt } });
    const before = site.requests.length;
    await crawl(worker.deps, [{ sourceId: "s1" }]);
    await takeTurns(worker, site.host);
    await tick(worker.deps);
    expect(await getSource(store, "s1")).toMatchObject({ openRunId: null });
    worker.advance(120_000);
    return site.requests.slice(before);
  };
  const runs = () => store.collections.runs.find().sort({ startedAt: 1 }).toArray();
  return { ...watched, run, runs };
}

describe("a feed that doesn't change", () => {
  const runFour = async () => {
    const watched = await openSource("validators", ({ site }) => ({ feeds: [site.at("/feed")] }));
    const { store, site, run, link, runs } = watched;
    const validators: (string | undefined)[] = [];
    site.pages["/a"] = articlePage("Report a");
    site.pages["/feed"] = (request: IncomingMessage, response) => {
      validators.push(request.headers["if-none-match"]);
      if (request.headers["if-none-match"] === '"v1"') response.writeHead(304).end();
      else response.setHeader("etag", '"v1"').end(feedOf([site.at("/a")]));
    };
    const fetched = [await run(), await run(), await run()];
    const afterThree = {
      validators: [...validators],
      link: await link("/feed"),
      runs: await runs(),
    };
    const id = urlKey(site.at("/feed"));
    await store.collections.links.updateOne({ _id: id }, { $set: { notModified: 10 } });
    await run();
    const afterTen = { validator: validators.at(-1), link: await link("/feed") };
    return { fetched, afterThree, count: validators.length, afterTen };
  };
  let feed: Awaited<ReturnType<typeof runFour>>;
  beforeAll(async () => {
    feed = await runFour();
  });

  test("The first run fetches the articles, later ones the feed alone", () => {
    expect(feed.fetched).toEqual([["/robots.txt", "/feed", "/a"], ["/feed"], ["/feed"]]);
  });

  test("Later runs fetch it conditionally", () => {
    expect(feed.afterThree.validators).toEqual([undefined, '"v1"', '"v1"']);
  });

  test("Its link counts the answers 304 and keeps the validators", () => {
    expect(feed.afterThree.link).toMatchObject({
      state: "done",
      outcome: "unchanged",
      notModified: 2,
      validators: { etag: '"v1"' },
    });
  });

  test("Each run counts what it fetched and stored", () => {
    expect(feed.afterThree.runs).toMatchObject([
      { first: true, counts: { stored: 1, links: 1 } },
      { first: false, counts: { stored: 0, links: 0, entryPoints: 1, http: 1 } },
      { first: false, counts: { entryPoints: 1 } },
    ]);
  });

  test("It is fetched in full after ten answers 304", () => {
    expect(feed.count).toBe(4);
    expect(feed.afterTen.validator).toBeUndefined();
    expect(feed.afterTen.link).toMatchObject({ notModified: 0, validators: { etag: '"v1"' } });
  });
});

test("An article that its feed says changed is fetched again and gets its next revision", async () => {
  const watched = await openSource("corrected", ({ site }) => ({ feeds: [site.at("/feed")] }));
  const { store, site, run, runs } = watched;
  site.pages["/a"] = articlePage("Report a");
  site.pages["/b"] = articlePage("Report b");
  site.pages["/feed"] = feedOf(["/a", "/b"].map((path) => site.at(path)));
  await run();
  site.pages["/a"] = articlePage("Report a, corrected", textOf("corrected"));
  site.pages["/feed"] = feedOf(["/a", "/b"].map((path) => site.at(path))).replace(
    "News of /a",
    "News of /a, corrected",
  );
  expect(await run()).toEqual(["/feed", "/a"]);
  const id = urlKey(site.at("/a"));
  const article = await store.collections.articles.findOne({ _id: id });
  expect(article).toMatchObject({ title: "Report a, corrected", version: 2, revision: 2 });
  const revisions = await store.collections.revisions.find({ articleId: id }).toArray();
  expect(revisions.map(({ revision }) => revision).toSorted((a, b) => a - b)).toEqual([1, 2]);
  expect((await runs())[1]).toMatchObject({ counts: { updated: 1, stored: 0, links: 1 } });
});

test("A feed that names more than a run takes is read in full by the next run", async () => {
  const watched = await openSource("over", ({ site }) => ({ feeds: [site.at("/feed")] }));
  const { store, site, worker, link } = watched;
  const { linksPerRun } = LIMITS;
  const paths = Array.from({ length: linksPerRun + 2 }, (_, n) => `/news/report-${n}`);
  site.pages["/feed"] = (_, response) =>
    void response.setHeader("etag", '"v1"').end(feedOf(paths.map((path) => site.at(path))));
  const lastSuccessAt = new Date(0);
  await store.collections.sources.updateOne({ _id: "s1" }, { $set: { lastSuccessAt } });
  await crawl(worker.deps, [{ sourceId: "s1" }]);
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
async function openList(feedName: string, feeds: string[]) {
  const watched = await openSource(feedName, ({ site }) => ({
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

test("A list is followed page by page until a page has nothing new", async () => {
  const { site, run } = await openList("list", []);
  expect(lists(await run())).toEqual(["/list", "/list?page=2", "/list?page=3"]);
  expect(await run()).toEqual(["/list"]);
  site.pages["/list"] = listOf([5, 1], 2);
  const asked = await run();
  expect(lists(asked)).toEqual(["/list", "/list?page=2"]);
  expect(asked).toContain(`/news/${name(5)}`);
});

test("A list is followed past what its feed names in the same run", async () => {
  const { site, run } = await openList("behind", ["/feed"]);
  site.pages["/feed"] = feedOf([1, 2].map((n) => site.at(`/news/${name(n)}`)));
  const asked = await run();
  expect(lists(asked)).toEqual(["/list", "/list?page=2", "/list?page=3"]);
  expect(asked).toContain(`/news/${name(3)}`);
  expect(lists(await run())).toEqual(["/list"]);
});

test("A robots.txt that redirects is read where it leads", async () => {
  const watched = await openSource("robots", ({ site }) => ({ feeds: [site.at("/feed")] }));
  const { store, site, run } = watched;
  site.pages["/robots.txt"] = (_, response) =>
    void response.writeHead(301, { location: "/real-robots.txt" }).end();
  site.pages["/real-robots.txt"] = "User-agent: *\nDisallow: /private";
  site.pages["/open"] = articlePage("Open");
  site.pages["/feed"] = feedOf(["/private", "/open"].map((path) => site.at(path)));
  expect(await run()).toEqual(["/robots.txt", "/real-robots.txt", "/feed", "/open"]);
  const [capture] = await store.collections.captures.find({ kind: "robots" }).toArray();
  expect(capture).toMatchObject({ status: 200, hops: [{ status: 301 }] });
});

describe("a source whose feed can't be read at first", () => {
  const runThree = async () => {
    const watched = await openSource("gone", ({ site }) => ({
      feeds: [site.at("/feed")],
      firstRun: { articles: 1, days: 30 },
    }));
    const { store, site, run, runs } = watched;
    const source = () => getSource(store, "s1");
    await run();
    const gone = await source();
    site.pages["/feed"] = (_, response) =>
      void response.writeHead(503, { "retry-after": "90" }).end();
    await run();
    const unavailable = await source();
    for (const path of ["/a", "/b"]) site.pages[path] = articlePage(`Report ${path}`);
    site.pages["/feed"] = feedOf(["/a", "/b"].map((path) => site.at(path)));
    await run();
    return { gone, unavailable, read: await source(), last: (await runs()).at(-1) };
  };
  let source: Awaited<ReturnType<typeof runThree>>;
  beforeAll(async () => {
    source = await runThree();
  });

  test("A run whose feed is gone is a failure with that as its problem", () => {
    const lastProblem = "entry points not read: 1 × gone";
    expect(source.gone).toMatchObject({ failures: 1, lastProblem, lastSuccessAt: null });
  });

  test("A run whose feed is unavailable is another failure", () => {
    const lastProblem = "entry points not read: 1 × too-many-requests";
    expect(source.unavailable).toMatchObject({ failures: 2, lastProblem, lastSuccessAt: null });
  });

  test("The first run that reads the feed ends the failures", () => {
    expect(source.read).toMatchObject({ failures: 0, lastProblem: null });
  });

  test("The first run that reads the feed is the source's first run", () => {
    const counts = { stored: 1, skipped: { "too-old": 1 } };
    expect(source.last).toMatchObject({ first: true, counts });
  });
});

test("A feed with a mistake that can be mended is no failure, though it has nothing new", async () => {
  const watched = await openSource("mended", ({ site }) => ({ feeds: [site.at("/feed")] }));
  const { store, site, run, runs } = watched;
  site.pages["/a"] = articlePage("Report a");
  const good = feedOf([site.at("/a")]);
  site.pages["/feed"] = good.replace("</item>", "</item><item><title>cut off");
  await run();
  await run();
  const finished = await runs();
  expect(finished.map(({ counts }) => counts.stored)).toEqual([1, 0]);
  expect(finished[1]?.problems).not.toEqual([]);
  expect(await getSource(store, "s1")).toMatchObject({ failures: 0, lastProblem: null });
});

test("A web page in the place of a feed is a failure each time, though it is not modified", async () => {
  const watched = await openSource("page", ({ site }) => ({ feeds: [site.at("/feed")] }));
  const { store, site, run } = watched;
  site.pages["/feed"] = (request, response) => {
    if (request.headers["if-none-match"]) response.writeHead(304).end();
    else response.setHeader("etag", '"x"').setHeader("content-type", "text/html").end("<p>Moved");
  };
  for (const failures of [1, 2]) {
    await run();
    const lastProblem = "entry points not read: 1 × parse (not readable as RSS, Atom or JSON Feed)";
    expect(await getSource(store, "s1")).toMatchObject({ failures, lastProblem });
  }
});

describe("stored captures that are read again", () => {
  const deriveTwice = async () => {
    const watched = await openSource("again", ({ site }) => ({ feeds: [site.at("/feed")] }));
    const { store, site, worker, run } = watched;
    site.pages["/a"] = articlePage("Report a");
    site.pages["/feed"] = feedOf([site.at("/a")]);
    await run();
    const asked = site.requests.length;
    const same = await deriveAgain(worker.deps);
    // As an earlier extractor left it.
    const set = { authors: ["Menu Home"], teaser: "" };
    await store.collections.articles.updateMany({}, { $set: set });
    const better = await deriveAgain(worker.deps);
    const [article] = await store.collections.articles.find().toArray();
    return { same, better, article, requests: site.requests.length - asked };
  };
  let derived: Awaited<ReturnType<typeof deriveTwice>>;
  beforeAll(async () => {
    derived = await deriveTwice();
  });

  test("The same reading changes nothing", () => {
    expect(derived.same).toMatchObject({ articles: 1, changed: 0, refreshed: 0 });
  });

  test("A better reading is reported with an example of each field", () => {
    expect(derived.better).toMatchObject({
      articles: 1,
      changed: 1,
      fields: { authors: { count: 1, examples: [{ before: "Menu Home", after: "" }] } },
    });
  });

  test("A better reading is a change of the article, but no revision", () => {
    expect(derived.article).toMatchObject({ version: 2, revision: 1 });
    expect(derived.article?.authors).not.toEqual(["Menu Home"]);
  });

  test("Nothing is fetched for it", () => {
    expect(derived.requests).toBe(0);
  });
});

test("The text that a feed carries isn't stored on the link", async () => {
  const watched = await openSource("texts", ({ site }) => ({ feeds: [site.at("/feed")] }));
  const { site, run, link } = watched;
  const text = `<content:encoded><![CDATA[<p>${textOf("a")}</p>]]></content:encoded></item>`;
  site.pages["/a"] = articlePage("Report a");
  site.pages["/feed"] = feedOf([site.at("/a")]).replace("</item>", text);
  await run();
  const found = await link("/a");
  expect(found?.state).toBe("done");
  expect(Object.keys(found?.hints ?? {})).not.toContain("contentText");
});
