import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { urlKey } from "../../../../discover/canonical-url.ts";
import { sleep } from "../../../../lib/time.ts";
import { takeTurn } from "../../../../workers/turn/turn.ts";
import { articlePage, holdPage } from "../../../helpers/site.ts";
import { type Services, type SiteOptions, startServices } from "../../../helpers/watched-site.ts";
import { takeTurns } from "../../../helpers/worker.ts";

let services: Services;
beforeAll(async () => {
  services = await startServices(import.meta.filename);
});
afterEach(() => services.closeSites());
afterAll(() => services?.close());

test("each link is fetched once, and stored with its capture, article, aliases and revision", async () => {
  const { store, site, worker, link } = await services.watchSite("once", ["/a", "/b"]);
  expect(await takeTurns(worker, site.host)).toBe("done");
  expect(site.asked).toEqual(["/robots.txt", "/a", "/b"]);
  const [a] = await store.collections.articles.find({ _id: urlKey(site.at("/a")) }).toArray();
  expect(a).toMatchObject({ title: "Report on /a", url: site.at("/a"), version: 1, revision: 1 });
  expect(await link("/a")).toMatchObject({
    state: "done",
    outcome: "new",
    claim: null,
    dueAt: null,
    attempts: 1,
    articleId: a?._id,
    captureId: a?.captureId,
  });
  const capture = await store.collections.captures.findOne({ _id: a?.captureId ?? "" });
  expect(capture).toMatchObject({ status: 200, kind: "article", runId: "run" });
  expect(await store.collections.bodies.countDocuments({ _id: capture?.bodyId ?? "" })).toBe(1);
  expect(await store.collections.revisions.countDocuments({ articleId: a?._id ?? "" })).toBe(1);
  expect(await store.collections.aliases.countDocuments({ articleId: a?._id ?? "" })).toBe(1);
});

test("two turns of a host in two processes share its links and fetch each once", async () => {
  const paths = Array.from({ length: 10 }, (_, n) => `/p${n}`);
  const { store, site, worker, openAnotherWorker } = await services.watchSite("two", paths, {
    concurrency: 2,
  });
  const other = await openAnotherWorker();
  await Promise.all([takeTurns(worker, site.host, 0), takeTurns(other, site.host, 1)]);
  await takeTurns(worker, site.host, 0);
  expect(site.asked.filter((path) => path !== "/robots.txt").toSorted()).toEqual(paths);
  expect(await store.collections.articles.countDocuments()).toBe(10);
});

test("a turn doesn't spin while another one is at the last link", async () => {
  const { site, worker } = await services.watchSite("spin", ["/slow"], { concurrency: 2 });
  const slow = holdPage(articlePage("Slow"));
  site.pages["/slow"] = slow.page;
  const first = takeTurns(worker, site.host, 0);
  await slow.asked;
  expect(await takeTurn(worker.deps, "http", { host: site.host, turn: 1 })).toBe("done");
  slow.answer();
  expect(await first).toBe("done");
});

describe("storing that lasts longer than the delay", () => {
  /** A host with a delay of 300 ms whose articles take `ms` to be stored; when it was asked for each, and what was stored by then. */
  async function asked(name: string, ms: number, given: SiteOptions = {}) {
    const paths = ["/a", "/b", "/c"];
    const watched = await services.watchSite(name, paths, given);
    const { store, site, worker } = watched;
    await store.collections.hosts.updateOne({ _id: site.host }, { $set: { delay: 300 } });
    const { commit } = worker.deps;
    let stored = 0;
    worker.deps.commit = {
      ...commit,
      async add(entry) {
        await sleep(ms);
        const settled = await commit.add(entry);
        stored++;
        return settled;
      },
    };
    const at: { path: string; start: number; stored: number }[] = [];
    for (const path of paths) {
      site.pages[path] = (_, response) => {
        at.push({ path, start: performance.now(), stored });
        response.setHeader("content-type", "text/html").end(articlePage(`Report on ${path}`));
      };
    }
    await takeTurns(worker, site.host);
    expect(at.map(({ path }) => path)).toEqual(paths);
    expect(await store.collections.articles.countDocuments()).toBe(3);
    const gaps = at.slice(1).map(({ start }, n) => start - (at[n]?.start ?? 0));
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(300);
    return { gaps, stored: at.map((one) => one.stored) };
  }

  test("the delay runs from the end of the request, not from when its page is stored", async () => {
    const { gaps } = await asked("delay", 400);
    expect(Math.min(...gaps)).toBeLessThan(650);
  });

  test("the next page is asked for meanwhile, the one after it only then", async () => {
    const { gaps, stored } = await asked("meanwhile", 900);
    expect(gaps[0]).toBeLessThan(900);
    expect(stored).toEqual([0, 0, 1]);
  });

  test("not after a page whose worker was lost before", async () => {
    const { stored } = await asked("before", 400, { link: { attempts: 1 } });
    expect(stored).toEqual([0, 1, 2]);
  });
});

describe("robots.txt", () => {
  test("what it forbids is never asked for, and says so", async () => {
    const { site, worker, link } = await services.watchSite("robots", ["/a", "/private/b"]);
    site.pages["/robots.txt"] = (_, response) => {
      response.setHeader("content-type", "text/plain");
      response.end("User-agent: *\nDisallow: /private/");
    };
    await takeTurns(worker, site.host);
    expect(site.asked).toEqual(["/robots.txt", "/a"]);
    expect(await link("/private/b")).toMatchObject({ state: "skipped", reason: "robots" });
  });

  test("while it fails nothing is asked for; the links wait until it is asked again", async () => {
    const { site, worker, link } = await services.watchSite("unreachable", ["/a", "/b"]);
    site.pages["/robots.txt"] = (_, response) => response.writeHead(503).end("later");
    await takeTurns(worker, site.host);
    expect(site.asked).toEqual(["/robots.txt"]);
    const waiting = await link("/b");
    expect(waiting).toMatchObject({ state: "due", reason: "robots-unreachable", attempts: 0 });
    expect(waiting?.dueAt?.getTime()).toBeGreaterThan(Date.now() + 60_000);
    delete site.pages["/robots.txt"];
    worker.advance(11 * 60_000);
    await takeTurns(worker, site.host);
    expect(site.asked).toEqual(["/robots.txt", "/robots.txt", "/a", "/b"]);
  });

  test("a change is seen a day later at most, and holds for links that were due before", async () => {
    const { store, site, worker, link } = await services.watchSite("changed", ["/a", "/private/b"]);
    site.pages["/robots.txt"] = "User-agent: *\nDisallow: /other/";
    await store.collections.links.updateMany(
      { url: site.at("/private/b") },
      { $set: { dueAt: new Date(Date.now() + 3_600_000) } },
    );
    await takeTurns(worker, site.host);
    site.pages["/robots.txt"] = "User-agent: *\nDisallow: /private/";
    worker.advance(24 * 3_600_000 + 1000);
    await takeTurns(worker, site.host);
    expect(site.asked).toEqual(["/robots.txt", "/a", "/robots.txt"]);
    expect(await link("/private/b")).toMatchObject({ state: "skipped", reason: "robots" });
  });

  test("its Crawl-delay holds from the next request on", async () => {
    const { site, worker } = await services.watchSite("crawl-delay", ["/a"]);
    const times: number[] = [];
    site.pages["/robots.txt"] = (_, response) => {
      response.setHeader("content-type", "text/plain").end("User-agent: *\nCrawl-delay: 1");
      times.push(performance.now());
    };
    site.pages["/a"] = (_, response) => {
      times.push(performance.now());
      response.setHeader("content-type", "text/html").end(articlePage("Report a"));
    };
    await takeTurns(worker, site.host);
    const [robots = 0, page = 0] = times;
    expect(page - robots).toBeGreaterThanOrEqual(1000);
  });

  test("a reason to override it is kept on the capture", async () => {
    const ignoreRobots = { reason: "written consent of 2026-11-01" };
    const watched = await services.watchSite("override", ["/private"], {
      source: { ignoreRobots },
    });
    watched.site.pages["/robots.txt"] = "User-agent: *\nDisallow: /";
    await takeTurns(watched.worker, watched.site.host);
    expect(watched.site.asked).toEqual(["/private"]);
    const { captures } = watched.store.collections;
    const capture = await captures.findOne({ kind: "article" });
    expect(capture?.robotsOverride).toBe(ignoreRobots.reason);
  });
});

test("429 opens the whole host's breaker for as long as it asks, then the link is fetched", async () => {
  const { store, site, worker, link } = await services.watchSite("429", ["/a", "/b"]);
  const page = site.pages["/a"] ?? "";
  site.pages["/a"] = (_, response) => response.writeHead(429, { "retry-after": "30" }).end("slow");
  const next = await takeTurns(worker, site.host);
  expect(site.asked).toEqual(["/robots.txt", "/a"]);
  const open = await store.collections.hosts.findOne({ _id: site.host });
  expect(next).toEqual(open?.openUntil);
  expect(await link("/a")).toMatchObject({ state: "due", reason: "too-many-requests" });
  site.pages["/a"] = page;
  worker.advance(31_000);
  expect(await takeTurns(worker, site.host)).toBe("done");
  expect(site.asked.slice(2).toSorted()).toEqual(["/a", "/b"]);
  expect(await link("/a")).toMatchObject({ state: "done", reason: null, outcome: "new" });
  const closed = await store.collections.hosts.findOne({ _id: site.host });
  expect(closed).toMatchObject({ openUntil: null, failures: 0 });
});

test("a host whose breaker is half-open is tried with one request, whose answer lets the others go on", async () => {
  const paths = ["/a", "/b", "/c"];
  const { store, site, worker, openAnotherWorker } = await services.watchSite("half-open", paths, {
    concurrency: 2,
  });
  const other = await openAnotherWorker();
  site.pages["/a"] = (_, response) => response.writeHead(429, { "retry-after": "30" }).end("slow");
  await takeTurns(worker, site.host);
  for (const each of [worker, other]) each.advance(31_000);
  const held = holdPage(articlePage("Held"));
  for (const path of paths) site.pages[path] = held.page;
  const probe = takeTurns(worker, site.host, 0);
  await held.asked;
  expect(await takeTurn(other.deps, "http", { host: site.host, turn: 1 })).toBe("done");
  expect(site.asked).toHaveLength(3);
  held.answer();
  await Promise.all([probe, takeTurns(other, site.host, 1)]);
  expect(site.asked.slice(2).toSorted()).toEqual(paths);
  expect(await store.collections.hosts.findOne({ _id: site.host })).toMatchObject({
    openUntil: null,
    openReason: null,
    failures: 0,
  });
});
