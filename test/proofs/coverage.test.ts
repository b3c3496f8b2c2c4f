import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { urlKey } from "../../crawler/links/url.ts";
import { createVisitor, ownPermits } from "../../crawler/visit.ts";
import { ReleaseStack } from "../../lib/async.ts";
import { HOUR_MS, MINUTE_MS } from "../../lib/time.ts";
import { probeSite } from "../../sources/coverage/probe.ts";
import { getCoverage } from "../../store/sources/coverage.ts";
import { getSource } from "../../store/sources/sources.ts";
import type { Store } from "../../store/store.ts";
import { crawl } from "../../workers/crawl/open-runs.ts";
import { checkForTrouble } from "../../workers/maintain/alarms.ts";
import { maintain } from "../../workers/maintain/maintain.ts";
import { closeFinishedRuns } from "../../workers/schedule/close-runs.ts";
import { makeSource } from "../helpers/articles.ts";
import { resetStore, startTestDatabase } from "../helpers/database.ts";
import { sharedParser } from "../helpers/parser.ts";
import { startTestRedis, type TestRedis } from "../helpers/redis.ts";
import { articlePage, feedOf, openSite, type TestSite, textOf } from "../helpers/site.ts";
import { openWorker, type TestWorker, takeTurns } from "../helpers/worker.ts";

const NAME = "town.example";
const ID = "town";
/** Another source, whose article links to one that nobody announced. */
const OTHER = "wire.example";
const MENTIONED = "the-lake-is-clean-again";
const ANNOUNCED = ["tram", "school", "budget"];
/** Its feed leaves this one out; only a news sitemap names it. */
const HIDDEN = "bridge";
const ALARMS = { ways: [], every: HOUR_MS, title: "test", page: "" };

const stack = new ReleaseStack();
let store: Store;
let site: TestSite;
let other: TestSite;
let redis: TestRedis;
/** Its clock is right when a test begins. */
let worker: TestWorker;
beforeAll(async () => {
  const database = await startTestDatabase(import.meta.filename);
  stack.add("database", () => database.close());
  redis = await startTestRedis();
  stack.add("redis", () => redis.close());
  store = await database.open("coverage");
  stack.add("store", () => store.close());
  site = await openSite(NAME, "127.1.78.11");
  stack.add("site", () => site.close());
  other = await openSite(OTHER, "127.1.78.12");
  stack.add("other site", () => other.close());
});
beforeEach(async () => {
  await resetStore(store);
  const sites = { [NAME]: "127.1.78.11", [OTHER]: "127.1.78.12" };
  const parser = sharedParser();
  worker = await openWorker({ store, redisUrl: redis.url, parser, sites, name: NAME });
  const feeds = [site.at("/feed")];
  const source = makeSource(ID, { feeds, home: site.at("/"), verified: true });
  await store.collections.sources.insertOne({ ...source, pace: { delay: 0, concurrency: 1 } });
  for (const name of [...ANNOUNCED, HIDDEN])
    site.pages[`/news/${name}`] = articlePage(titleOf(name));
  const wire = makeSource("wire", { feeds: [other.at("/feed")], home: other.at("/") });
  await store.collections.sources.insertOne({ ...wire, pace: { delay: 0, concurrency: 1 } });
  const at = worker.deps.now();
  const items = ANNOUNCED.map((name) => ({ url: urlOf(name), title: titleOf(name) }));
  site.pages["/feed"] = feedOf(items, at);
  site.pages["/news.xml"] = newsSitemapOf([...ANNOUNCED, HIDDEN], at);
  site.pages["/robots.txt"] = (_, response) =>
    response.end(`User-agent: *\nAllow: /\nSitemap: ${site.at("/news.xml")}\n`);
  site.pages["/"] =
    `<!doctype html><html><head><title>Town</title><link rel="alternate" type="application/rss+xml" href="/feed"></head><body><p>Welcome</p></body></html>`;
  await maintain(worker.deps);
  return () => worker.close();
});
afterAll(() => stack.close());

const urlOf = (name: string) => site.at(`/news/${name}`);
const titleOf = (name: string) => `All about the ${name} of the town`;

function newsSitemapOf(names: readonly string[], at: Date): string {
  const urls = names.map(
    (name) =>
      `<url><loc>${urlOf(name)}</loc><news:news><news:publication><news:name>Town</news:name><news:language>en</news:language></news:publication><news:publication_date>${at.toISOString()}</news:publication_date><news:title>${titleOf(name)}</news:title></news:news></url>`,
  );
  return `<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">${urls.join("")}</urlset>`;
}

/** Runs a source, and whatever is due of its site. */
async function poll(sourceId = ID, { host } = site): Promise<void> {
  const { deps } = worker;
  const nextDueAt = new Date(deps.now().getTime() - 1000);
  await store.collections.sources.updateOne({ _id: sourceId }, { $set: { nextDueAt } });
  await crawl(deps, [{ sourceId }]);
  await takeTurns(worker, host);
  await closeFinishedRuns(deps);
}

async function coverage() {
  const found = await getCoverage(store, ID);
  if (!found) throw new Error("the source isn't counted");
  return found;
}

async function openAlarms(): Promise<string[]> {
  const alarms = await checkForTrouble(worker.deps, ALARMS);
  return alarms.map(({ _id }) => _id);
}

async function probe(): Promise<void> {
  const { http, parser, now } = worker.deps;
  const product = "Newsgather";
  const visitor = createVisitor({ http, acquirePermit: ownPermits(), product, now, delay: 0 });
  const source = await getSource(store, ID);
  if (!source) throw new Error("there is no source");
  const known = () => Promise.resolve(new Set<string>());
  const deps = { visitor, parser, store, product, now, known, progress: () => {} };
  await probeSite(deps, source);
}

test("An article that a feed hides is found, named with its reason, told in an alarm, fetched and covered", async () => {
  await poll();
  worker.advance(40 * MINUTE_MS);
  await poll();
  await maintain(worker.deps);
  const polled = await coverage();
  expect(polled.total).toMatchObject({ inTime: ANNOUNCED.length, late: 0, missing: 0 });
  expect(await openAlarms()).toEqual([]);

  const before = site.requests.length;
  await probe();
  const asked = site.requests.slice(before);
  expect(asked).toContain("/news.xml");
  // Its own entry points are read by its runs.
  expect(asked).not.toContain("/feed");
  const probed = await coverage();
  expect(probed.gaps).toMatchObject([
    {
      url: urlOf(HIDDEN),
      title: titleOf(HIDDEN),
      namedBy: [site.at("/news.xml")],
      reason: "not-announced",
      why: "no entry point of the source listed the URL",
    },
  ]);
  expect(probed.probe?.channels).toMatchObject([
    { url: site.at("/news.xml"), kind: "sitemap", listed: 4, covered: 3 },
  ]);
  expect(await openAlarms()).toEqual([`source:${ID}:coverage-missing`]);

  await maintain(worker.deps);
  await takeTurns(worker, site.host);
  await closeFinishedRuns(worker.deps);
  const article = await store.collections.articles.findOne({ _id: urlKey(urlOf(HIDDEN)) });
  expect(article?.status).toBe("published");
  worker.advance(10 * MINUTE_MS);
  await maintain(worker.deps);
  const covered = await coverage();
  expect(covered.gaps).toEqual([]);
  expect(covered.total).toMatchObject({ inTime: ANNOUNCED.length, late: 1, missing: 0 });
  expect(await openAlarms()).toEqual([]);

  // The link of the backfill is older than the objective's time: it isn't counted twice.
  worker.advance(HOUR_MS);
  await maintain(worker.deps);
  expect((await coverage()).total).toMatchObject({ inTime: ANNOUNCED.length, late: 1, missing: 0 });
});

test("An article that another source links to and nobody announced is found, fetched and counted as late", async () => {
  const published = new Date(worker.deps.now().getTime() - 40 * MINUTE_MS);
  const stated = `<meta property="article:published_time" content="${published.toISOString()}">`;
  const title = "The lake is clean again";
  site.pages[`/news/${MENTIONED}`] = articlePage(title, undefined, stated);
  const link = `<a href="${urlOf(MENTIONED)}">The town says so</a>`;
  const text = textOf("wire").replace("\n\n", ` ${link}.\n\n`);
  other.pages["/news/lake"] = articlePage("What the wire says of the lake", text);
  other.pages["/feed"] = feedOf([other.at("/news/lake")], worker.deps.now());
  await poll("wire", other);
  await takeTurns(worker, site.host);
  await closeFinishedRuns(worker.deps);
  const article = await store.collections.articles.findOne({ _id: urlKey(urlOf(MENTIONED)) });
  expect(article).toMatchObject({ status: "published", title });
  worker.advance(HOUR_MS);
  await maintain(worker.deps);
  expect((await coverage()).total).toMatchObject({ inTime: 0, late: 1, missing: 0 });
});
