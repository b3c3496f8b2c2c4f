import type { IncomingMessage } from "node:http";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { urlKey } from "../../../discover/canonical-url.ts";
import { crawl } from "../../../workers/crawl.ts";
import { tick } from "../../../workers/schedule.ts";
import { articlePage, feedOf, textOf } from "../../helpers/site.ts";
import { type Services, startServices, type WatchedSite } from "../../helpers/watched-site.ts";
import { takeTurns } from "../../helpers/worker.ts";

let services: Services;
beforeAll(async () => {
  services = await startServices(import.meta.filename);
});
afterEach(() => services.closeSites());
afterAll(() => services?.close());

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

const TODAY = new Date().toISOString();

/** A page of an article that was published just now. */
function fresh(title: string, text = textOf(title)): string {
  return articlePage(title, text).replace("2026-11-24T08:00:00Z", TODAY);
}

/** Lets time pass as the scheduler and the host's job do; answers what was asked for meanwhile. */
async function pass({ worker, site }: WatchedSite, ms: number): Promise<string[]> {
  const before = site.asked.length;
  worker.advance(ms);
  await tick(worker.deps);
  await takeTurns(worker, site.host);
  worker.advance(2 * MINUTE);
  await tick(worker.deps);
  return site.asked.slice(before).filter((path) => path !== "/robots.txt");
}

test("an article is looked at again, conditionally, and no more once nothing changes", async () => {
  const watched = await services.watchSite("ladder", ["/a"]);
  const { store, site, worker, link } = watched;
  const asked: (string | undefined)[] = [];
  site.pages["/a"] = (request: IncomingMessage, response) => {
    asked.push(request.headers["if-none-match"]);
    if (request.headers["if-none-match"] === '"v1"') response.writeHead(304).end();
    else {
      response.setHeader("etag", '"v1"').setHeader("content-type", "text/html");
      response.end(fresh("Report a"));
    }
  };
  await takeTurns(worker, site.host);
  expect(await link("/a")).toMatchObject({ state: "done", outcome: "new", looks: { made: 0 } });
  expect(await pass(watched, 5 * MINUTE)).toEqual([]);
  const waits = [15 * MINUTE, HOUR, 6 * HOUR, 24 * HOUR, 7 * 24 * HOUR];
  for (const wait of waits) expect(await pass(watched, wait)).toEqual(["/a"]);
  expect(await link("/a")).toMatchObject({ state: "done", nextLookAt: null, looks: { made: 5 } });
  expect(await pass(watched, 30 * 24 * HOUR)).toEqual([]);
  // Three times by validator, then once in full: some servers answer 304 to everything.
  expect(asked).toEqual([undefined, '"v1"', '"v1"', '"v1"', undefined, '"v1"']);
  const runs = await store.collections.runs.find({ trigger: "revisit" }).toArray();
  expect(runs).toHaveLength(5);
  expect(runs.every(({ open, counts }) => !open && counts.unchanged === 1)).toBe(true);
  const source = await store.collections.sources.findOne({ _id: "cities" });
  expect(source?.looks).toMatchObject({ 0: { looks: 1, changed: 0 }, 4: { looks: 1, changed: 0 } });
}, 60_000);

test("a change that no feed told of is found, and brings the next look forward", async () => {
  const watched = await services.watchSite("silent", ["/a"]);
  const { store, site, worker, link } = watched;
  site.pages["/a"] = fresh("Report a");
  await takeTurns(worker, site.host);
  await pass(watched, 16 * MINUTE);
  site.pages["/a"] = fresh("Report a", `${textOf("Report a")}\n\nOne more paragraph of news.`);
  expect(await pass(watched, HOUR)).toEqual(["/a"]);
  const article = await store.collections.articles.findOne({ _id: urlKey(site.at("/a")) });
  expect(article).toMatchObject({ revision: 2, revised: { kind: "update" } });
  const { looks, nextLookAt } = (await link("/a")) ?? {};
  expect(looks).toMatchObject({ made: 2, unchanged: 0, changes: 1 });
  expect((nextLookAt?.getTime() ?? 0) - (looks?.since.getTime() ?? 0)).toBe(15 * MINUTE);
}, 60_000);

test("articles of a paused source wait, those of a retired one are left alone", async () => {
  const watched = await services.watchSite("paused", ["/a"]);
  const { store, site, worker, link } = watched;
  const { sources } = store.collections;
  site.pages["/a"] = fresh("Report a");
  await takeTurns(worker, site.host);
  await sources.updateOne({ _id: "cities" }, { $set: { paused: { reason: "asked to" } } });
  expect(await pass(watched, 16 * MINUTE)).toEqual([]);
  expect((await link("/a"))?.nextLookAt?.getTime()).toBeGreaterThan(worker.deps.now().getTime());
  await sources.updateOne({ _id: "cities" }, { $set: { active: false } });
  expect(await pass(watched, 2 * HOUR)).toEqual([]);
  expect(await link("/a")).toMatchObject({ state: "done", nextLookAt: null });
}, 60_000);

test("a failed look is tried again, and the next step comes all the same", async () => {
  const watched = await services.watchSite("failing", ["/a"]);
  const { site, worker, link } = watched;
  site.pages["/a"] = fresh("Report a");
  await takeTurns(worker, site.host);
  site.pages["/a"] = (_, response) => void response.writeHead(403).end();
  expect(await pass(watched, 16 * MINUTE)).toEqual(["/a"]);
  expect(await link("/a")).toMatchObject({ state: "skipped", reason: "blocked" });
  site.pages["/a"] = fresh("Report a");
  expect(await pass(watched, HOUR)).toEqual(["/a"]);
  expect(await link("/a")).toMatchObject({ state: "done", outcome: "unchanged" });
}, 60_000);

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
    const before = site.asked.length;
    const set = { nextDueAt: worker.deps.now() };
    await store.collections.sources.updateOne({ _id: "cities" }, { $set: set });
    await crawl(worker.deps, { sourceId: "cities", trigger: "schedule" });
    await takeTurns(worker, site.host);
    worker.advance(2 * MINUTE);
    await tick(worker.deps);
    return site.asked.slice(before).filter((path) => path === "/a").length;
  };
  const looks: number[] = [];
  for (let n = 0; n < 8; n++) looks.push(await play());
  // New, at once at the first word, and not again within a quarter of an hour.
  expect(looks).toEqual([1, 1, 0, 0, 0, 0, 0, 0]);
}, 60_000);
