import type { IncomingMessage } from "node:http";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { urlKey } from "../../crawler/links/url.ts";
import { HOUR_MS, MINUTE_MS } from "../../lib/time.ts";
import type { Article } from "../../model/articles/article.ts";
import type { Link } from "../../model/crawl/link.ts";
import type { Run } from "../../model/crawl/outcome.ts";
import type { SourceRecord } from "../../model/sources/source.ts";
import { crawl } from "../../workers/crawl/open-runs.ts";
import { tick } from "../../workers/schedule/tick.ts";
import { articlePage, feedOf, textOf } from "../helpers/site.ts";
import { type Services, startServices, type WatchedSite } from "../helpers/watched-site.ts";
import { takeTurns } from "../helpers/worker.ts";

let services: Services;
beforeAll(async () => {
  services = await startServices(import.meta.filename, { oneStore: true });
});
afterEach(() => services.closeSites());
afterAll(() => services?.close());

const TODAY = new Date().toISOString();

/** A page of an article that was published just now. */
function fresh(title: string, text = textOf(title)): string {
  return articlePage(title, text).replace("2026-11-24T08:00:00Z", TODAY);
}

/** Lets time pass as the scheduler and the host's job do; answers what was asked for meanwhile. */
async function runFor({ worker, site }: WatchedSite, ms: number): Promise<string[]> {
  const before = site.requests.length;
  worker.advance(ms);
  await tick(worker.deps);
  await takeTurns(worker, site.host);
  worker.advance(2 * MINUTE_MS);
  await tick(worker.deps);
  return site.requests.slice(before).filter((path) => path !== "/robots.txt");
}

describe("an article that never changes", () => {
  const WAITS = [15 * MINUTE_MS, HOUR_MS, 6 * HOUR_MS, 24 * HOUR_MS, 7 * 24 * HOUR_MS];
  /** The validator of each request for it, in order. */
  const validators: (string | undefined)[] = [];
  let atFirst: Link | null;
  let fetchedAtOnce: string[];
  const fetchedAfter: string[][] = [];
  let atLast: Link | null;
  let fetchedAMonthLater: string[];
  let runs: Run[];
  let source: SourceRecord | null;
  beforeAll(async () => {
    const watched = await services.watchSite("ladder", ["/a"]);
    const { store, site, worker, link } = watched;
    site.pages["/a"] = (request: IncomingMessage, response) => {
      validators.push(request.headers["if-none-match"]);
      if (request.headers["if-none-match"] === '"v1"') response.writeHead(304).end();
      else {
        response.setHeader("etag", '"v1"').setHeader("content-type", "text/html");
        response.end(fresh("Report a"));
      }
    };
    await takeTurns(worker, site.host);
    atFirst = await link("/a");
    fetchedAtOnce = await runFor(watched, 5 * MINUTE_MS);
    for (const wait of WAITS) fetchedAfter.push(await runFor(watched, wait));
    atLast = await link("/a");
    fetchedAMonthLater = await runFor(watched, 30 * 24 * HOUR_MS);
    runs = await store.collections.runs.find({ trigger: "revisit" }).toArray();
    source = await store.collections.sources.findOne({ _id: "cities" });
  });

  test("it is new when it is stored, and no later look has been made", () => {
    expect(atFirst).toMatchObject({ state: "done", outcome: "new", revisits: { made: 0 } });
  });

  test("it is not fetched again within five minutes", () => {
    expect(fetchedAtOnce).toEqual([]);
  });

  test("it is fetched again after a quarter of an hour, an hour, six hours, a day and a week", () => {
    expect(fetchedAfter).toEqual(WAITS.map(() => ["/a"]));
  });

  test("its link plans no further look after the fifth", () => {
    expect(atLast).toMatchObject({ state: "done", nextFetchAt: null, revisits: { made: 5 } });
  });

  test("it is never fetched again after that", () => {
    expect(fetchedAMonthLater).toEqual([]);
  });

  test("it is asked for by its validator three times, then once in full", () => {
    // Some servers answer 304 to everything.
    expect(validators).toEqual([undefined, '"v1"', '"v1"', '"v1"', undefined, '"v1"']);
  });

  test("each look is a run of its own that closes with the article unchanged", () => {
    expect(runs).toHaveLength(5);
    expect(runs.every(({ open, counts }) => !open && counts.unchanged === 1)).toBe(true);
  });

  test("its source counts the looks of each step and what they found changed", () => {
    expect(source?.revisitRates).toMatchObject({
      0: { revisits: 1, changed: 0 },
      4: { revisits: 1, changed: 0 },
    });
  });
});

describe("an article that changes though no feed says so", () => {
  let fetched: string[];
  let article: Article | null;
  let after: Link | null;
  beforeAll(async () => {
    const watched = await services.watchSite("silent", ["/a"]);
    const { store, site, worker, link } = watched;
    site.pages["/a"] = fresh("Report a");
    await takeTurns(worker, site.host);
    await runFor(watched, 16 * MINUTE_MS);
    site.pages["/a"] = fresh("Report a", `${textOf("Report a")}\n\nOne more paragraph of news.`);
    fetched = await runFor(watched, HOUR_MS);
    article = await store.collections.articles.findOne({ _id: urlKey(site.at("/a")) });
    after = await link("/a");
  });

  test("its change is stored as an update by the next look", () => {
    expect(fetched).toEqual(["/a"]);
    expect(article).toMatchObject({ revision: 2, revised: { kind: "update" } });
  });

  test("its next look comes a quarter of an hour after the change", () => {
    const { revisits, nextFetchAt } = after ?? {};
    expect(revisits).toMatchObject({ made: 2, unchanged: 0, changes: 1 });
    expect((nextFetchAt?.getTime() ?? 0) - (revisits?.since.getTime() ?? 0)).toBe(15 * MINUTE_MS);
  });
});

test("an article of a paused source waits for its next look", async () => {
  const watched = await services.watchSite("paused", ["/a"]);
  const { store, site, worker, link } = watched;
  site.pages["/a"] = fresh("Report a");
  await takeTurns(worker, site.host);
  const $set = { paused: { reason: "asked to" } };
  await store.collections.sources.updateOne({ _id: "cities" }, { $set });
  expect(await runFor(watched, 16 * MINUTE_MS)).toEqual([]);
  expect((await link("/a"))?.nextFetchAt?.getTime()).toBeGreaterThan(worker.deps.now().getTime());
});

test("an article of a retired source is never fetched again", async () => {
  const watched = await services.watchSite("retired", ["/a"]);
  const { store, site, worker, link } = watched;
  site.pages["/a"] = fresh("Report a");
  await takeTurns(worker, site.host);
  await store.collections.sources.updateOne({ _id: "cities" }, { $set: { active: false } });
  expect(await runFor(watched, 2 * HOUR_MS)).toEqual([]);
  expect(await link("/a")).toMatchObject({ state: "done", nextFetchAt: null });
});

test("an article whose look failed is looked at again by the next step", async () => {
  const watched = await services.watchSite("failing", ["/a"]);
  const { site, worker, link } = watched;
  site.pages["/a"] = fresh("Report a");
  await takeTurns(worker, site.host);
  site.pages["/a"] = (_, response) => void response.writeHead(403).end();
  expect(await runFor(watched, 16 * MINUTE_MS)).toEqual(["/a"]);
  expect(await link("/a")).toMatchObject({ state: "skipped", reason: "blocked" });
  site.pages["/a"] = fresh("Report a");
  expect(await runFor(watched, HOUR_MS)).toEqual(["/a"]);
  expect(await link("/a")).toMatchObject({ state: "done", outcome: "unchanged" });
});

test("a feed whose times move with each request brings no look with each request", async () => {
  const watched = await services.watchSite("restless", []);
  const { store, site, worker } = watched;
  site.pages["/a"] = fresh("Report a");
  const feeds = [site.at("/feed")];
  await store.collections.sources.updateOne({ _id: "cities" }, { $set: { feeds } });
  let minute = 0;
  const play = async () => {
    const updated = new Date(Date.now() + ++minute * 1000).toISOString();
    site.pages["/feed"] = feedOf([site.at("/a")]).replace(
      "</pubDate>",
      `</pubDate><atom:updated xmlns:atom="http://www.w3.org/2005/Atom">${updated}</atom:updated>`,
    );
    const before = site.requests.length;
    const set = { nextDueAt: worker.deps.now() };
    await store.collections.sources.updateOne({ _id: "cities" }, { $set: set });
    await crawl(worker.deps, [{ sourceId: "cities" }]);
    await takeTurns(worker, site.host);
    worker.advance(1.5 * MINUTE_MS);
    await tick(worker.deps);
    return site.requests.slice(before).filter((path) => path === "/a").length;
  };
  const fetches: number[] = [];
  for (let n = 0; n < 8; n++) fetches.push(await play());
  // New, at once at the first word, and not again within a quarter of an hour: all this takes twelve minutes.
  expect(fetches).toEqual([1, 1, 0, 0, 0, 0, 0, 0]);
});
