import { EventEmitter, once } from "node:events";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { urlKey } from "../../../../crawler/links/url.ts";
import { sleep } from "../../../../lib/time.ts";
import type { Article } from "../../../../model/articles/article.ts";
import type { Capture } from "../../../../model/crawl/capture.ts";
import type { Host } from "../../../../model/crawl/host.ts";
import type { Link } from "../../../../model/crawl/link.ts";
import { takeTurn } from "../../../../workers/flow.ts";
import { articlePage, holdPage } from "../../../helpers/site.ts";
import { type Services, startServices } from "../../../helpers/watched-site.ts";
import { takeTurns } from "../../../helpers/worker.ts";

let services: Services;
beforeAll(async () => {
  services = await startServices(import.meta.filename, { oneStore: true });
});
afterEach(() => services.closeSites());
afterAll(() => services?.close());

describe("a host with two due links", () => {
  let turns: Date | "done";
  let requests: string[];
  let article: Article | undefined;
  let url: string;
  let recorded: Link | null;
  let capture: Capture | null;
  let counts: Record<"bodies" | "revisions" | "aliases", number>;
  beforeAll(async () => {
    const { store, site, worker, link } = await services.watchSite("once", ["/a", "/b"]);
    const { articles, captures, bodies, revisions, aliases } = store.collections;
    turns = await takeTurns(worker, site.host);
    requests = [...site.requests];
    url = site.at("/a");
    [article] = await articles.find({ _id: urlKey(url) }).toArray();
    recorded = await link("/a");
    capture = await captures.findOne({ _id: article?.captureId ?? "" });
    const articleId = article?._id ?? "";
    counts = {
      bodies: await bodies.countDocuments({ _id: capture?.bodyId ?? "" }),
      revisions: await revisions.countDocuments({ articleId }),
      aliases: await aliases.countDocuments({ articleId }),
    };
  });

  test("its turns end once robots.txt and each link were fetched once", () => {
    expect(turns).toBe("done");
    expect(requests).toEqual(["/robots.txt", "/a", "/b"]);
  });

  test("an article is stored under its URL in its first version", () => {
    expect(article).toMatchObject({ title: "Report on /a", url, version: 1, revision: 1 });
  });

  test("its link is done and names article and capture", () => {
    expect(recorded).toMatchObject({
      state: "done",
      outcome: "new",
      claim: null,
      dueAt: null,
      attempts: 1,
      articleId: article?._id,
      captureId: article?.captureId,
    });
  });

  test("the response is stored as a capture of the run, with its body", () => {
    expect(capture).toMatchObject({ status: 200, kind: "article", runId: "run" });
    expect(counts.bodies).toBe(1);
  });

  test("the article has one revision and one alias", () => {
    expect(counts).toMatchObject({ revisions: 1, aliases: 1 });
  });
});

test("two turns of a host in two processes share its links and fetch each once", async () => {
  const paths = Array.from({ length: 10 }, (_, n) => `/p${n}`);
  const { store, site, worker, openAnotherWorker } = await services.watchSite("two", paths, {
    concurrency: 2,
  });
  const other = await openAnotherWorker();
  await Promise.all([takeTurns(worker, site.host, 0), takeTurns(other, site.host, 1)]);
  await takeTurns(worker, site.host, 0);
  expect(site.requests.filter((path) => path !== "/robots.txt").toSorted()).toEqual(paths);
  expect(await store.collections.articles.countDocuments()).toBe(10);
});

test("a turn doesn't spin while another one is at the last link", async () => {
  const { site, worker } = await services.watchSite("spin", ["/slow"], { concurrency: 2 });
  const slow = holdPage(articlePage("Slow"));
  site.pages["/slow"] = slow.page;
  const first = takeTurns(worker, site.host, 0);
  await slow.requests;
  expect(await takeTurn(worker.deps, "http", { host: site.host, turn: 1 })).toBe("done");
  slow.answer();
  expect(await first).toBe("done");
});

describe("storing that lasts longer than the delay", () => {
  const PATHS = ["/a", "/b", "/c"];
  const DELAY = 100;
  /** Fetches three articles; answers how many of them were stored when each was asked for. */
  async function fetchAll(name: string, store: (path: string) => Promise<void>, overrides = {}) {
    const watched = await services.watchSite(name, PATHS, overrides);
    const { site, worker } = watched;
    const { articles, hosts } = watched.store.collections;
    await hosts.updateOne({ _id: site.host }, { $set: { delay: DELAY } });
    const { commit } = worker.deps;
    let stored = 0;
    worker.deps.commit = {
      ...commit,
      async add(entry) {
        await store(PATHS[stored] ?? "");
        const recorded = await commit.add(entry);
        stored++;
        return recorded;
      },
    };
    const requests: { path: string; start: number; stored: number }[] = [];
    for (const path of PATHS) {
      site.pages[path] = (_, response) => {
        requests.push({ path, start: performance.now(), stored });
        requested.emit(`${name}${path}`);
        response.setHeader("content-type", "text/html").end(articlePage(`Report on ${path}`));
      };
    }
    await takeTurns(worker, site.host);
    expect(requests.map(({ path }) => path)).toEqual(PATHS);
    expect(await articles.countDocuments()).toBe(3);
    const gaps = requests.slice(1).map(({ start }, n) => start - (requests[n]?.start ?? 0));
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(DELAY);
    return requests.map((one) => one.stored);
  }
  /** Says which page was asked for. */
  const requested = new EventEmitter();

  test("the next page is asked for meanwhile, and the one after it only once the first is stored", async () => {
    const signal = AbortSignal.timeout(30_000);
    const arrival = (path: string) =>
      once(requested, `meanwhile${path}`, { signal }).catch(() => {});
    const [second, third] = [arrival("/b"), arrival("/c")];
    // The first page is stored only after the second was asked for, and some delays more.
    const stored = await fetchAll("meanwhile", async (path) => {
      if (path === "/b") await third;
      if (path !== "/a") return;
      await second;
      await sleep(5 * DELAY);
    });
    expect(stored).toEqual([0, 0, 1]);
  });

  test("no page is asked for meanwhile after one whose worker was lost before", async () => {
    const link = { attempts: 1 };
    const stored = await fetchAll("before", () => sleep(3 * DELAY), { link });
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
    expect(site.requests).toEqual(["/robots.txt", "/a"]);
    expect(await link("/private/b")).toMatchObject({ state: "skipped", reason: "robots" });
  });

  test("while it fails nothing is asked for; the links wait until it is asked again", async () => {
    const { site, worker, link } = await services.watchSite("unreachable", ["/a", "/b"]);
    site.pages["/robots.txt"] = (_, response) => response.writeHead(503).end("later");
    await takeTurns(worker, site.host);
    expect(site.requests).toEqual(["/robots.txt"]);
    const waiting = await link("/b");
    expect(waiting).toMatchObject({ state: "due", reason: "robots-unreachable", attempts: 0 });
    expect(waiting?.dueAt?.getTime()).toBeGreaterThan(Date.now() + 60_000);
    delete site.pages["/robots.txt"];
    worker.advance(11 * 60_000);
    await takeTurns(worker, site.host);
    expect(site.requests).toEqual(["/robots.txt", "/robots.txt", "/a", "/b"]);
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
    expect(site.requests).toEqual(["/robots.txt", "/a", "/robots.txt"]);
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
    expect(watched.site.requests).toEqual(["/private"]);
    const { captures } = watched.store.collections;
    const capture = await captures.findOne({ kind: "article" });
    expect(capture?.robotsOverride).toBe(ignoreRobots.reason);
  });
});

describe("a host that answers 429", () => {
  let slowed: { requests: string[]; next: Date | "done"; host: Host | null; link: Link | null };
  let later: { requests: string[]; next: Date | "done"; host: Host | null; link: Link | null };
  beforeAll(async () => {
    const { store, site, worker, link } = await services.watchSite("429", ["/a", "/b"]);
    const page = site.pages["/a"] ?? "";
    site.pages["/a"] = (_, response) =>
      response.writeHead(429, { "retry-after": "30" }).end("slow");
    const turns = async () => ({
      next: await takeTurns(worker, site.host),
      requests: [...site.requests],
      host: await store.collections.hosts.findOne({ _id: site.host }),
      link: await link("/a"),
    });
    slowed = await turns();
    site.pages["/a"] = page;
    worker.advance(31_000);
    later = await turns();
  });

  test("none of its links is fetched for as long as it says", () => {
    expect(slowed.requests).toEqual(["/robots.txt", "/a"]);
    expect(slowed.next).toBeInstanceOf(Date);
    expect(slowed.next).toEqual(slowed.host?.openUntil);
  });

  test("the link is due again, with the reason", () => {
    expect(slowed.link).toMatchObject({ state: "due", reason: "too-many-requests" });
  });

  test("all its links are fetched once that time is over", () => {
    expect(later.next).toBe("done");
    expect(later.requests.slice(2).toSorted()).toEqual(["/a", "/b"]);
    expect(later.link).toMatchObject({ state: "done", reason: null, outcome: "new" });
  });

  test("its breaker is closed again after it answered", () => {
    expect(later.host).toMatchObject({ openUntil: null, failures: 0 });
  });
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
  const unanswered = holdPage(articlePage("Held"));
  for (const path of paths) site.pages[path] = unanswered.page;
  const probe = takeTurns(worker, site.host, 0);
  await unanswered.requests;
  expect(await takeTurn(other.deps, "http", { host: site.host, turn: 1 })).toBe("done");
  expect(site.requests).toHaveLength(3);
  unanswered.answer();
  await Promise.all([probe, takeTurns(other, site.host, 1)]);
  expect(site.requests.slice(2).toSorted()).toEqual(paths);
  expect(await store.collections.hosts.findOne({ _id: site.host })).toMatchObject({
    openUntil: null,
    openReason: null,
    failures: 0,
  });
});
