import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { createCommit } from "../../articles/ingest/commit.ts";
import { takeTurn } from "../../workers/flow.ts";
import { endProcess, withFaults } from "../helpers/faults.ts";
import { articlePage, holdPage } from "../helpers/site.ts";
import { type Services, startServices } from "../helpers/watched-site.ts";
import { takeTurns } from "../helpers/worker.ts";

const HEIRS = articlePage("Read by its heir");

let services: Services;
beforeAll(async () => {
  services = await startServices(import.meta.filename, { oneStore: true });
});
afterEach(() => services.closeSites());
afterAll(() => services?.close());

describe("a lost worker", () => {
  test("its link is taken over, and what it says afterwards changes nothing", async () => {
    const { store, site, worker, openAnotherWorker, link } = await services.watchSite("lost", [
      "/a",
    ]);
    const late = holdPage(articlePage("Lost", "Read by the lost worker. ".repeat(60)), HEIRS);
    site.pages["/a"] = late.page;
    // It hangs, its lease runs out, and its job is given to another process.
    const lost = takeTurns(worker, site.host);
    await late.requests;
    const heir = await openAnotherWorker();
    const { pace } = heir.deps;
    heir.deps.pace = {
      ...pace,
      acquire: async () => ({ ok: true, slot: 0, opensIn: 0, age: 60_000 }),
    };
    await takeTurns(heir, site.host);
    const recorded = await link("/a");
    expect(recorded).toMatchObject({ state: "done", attempts: 2, claim: null });
    late.answer();
    await lost;
    expect(await link("/a")).toEqual(recorded);
    const articles = await store.collections.articles.find().toArray();
    expect(articles).toHaveLength(1);
  });

  test("right after Redis was flushed its link is left alone, later it is taken over", async () => {
    const claim = { token: "lost", turn: 0, at: new Date(Date.now() - 5000), worker: "lost" };
    const watched = await services.watchSite("flushed", ["/a"], { link: { claim, attempts: 1 } });
    const takeOne = () =>
      takeTurn(watched.worker.deps, "http", { host: watched.site.host, turn: 0 });
    for (const ms of [0, 20_000]) {
      watched.worker.advance(ms);
      const { now } = watched.worker.deps;
      const from = now().getTime() + 1000;
      const { at } = (await takeOne()) as { at: Date };
      expect(at.getTime()).toBeGreaterThanOrEqual(from);
      expect(at.getTime()).toBeLessThanOrEqual(now().getTime() + 1000);
    }
    expect(watched.site.requests).toEqual([]);
    watched.worker.advance(11_000);
    await takeTurns(watched.worker, watched.site.host);
    expect(watched.site.requests).toEqual(["/robots.txt", "/a"]);
    expect(await watched.link("/a")).toMatchObject({ state: "done", attempts: 2 });
  });

  test("a link that ended four workers is not tried again", async () => {
    const claim = { token: "lost", turn: 0, at: new Date(Date.now() - 60_000), worker: "lost" };
    const watched = await services.watchSite("poison", ["/a"], { link: { claim, attempts: 4 } });
    expect(await takeTurns(watched.worker, watched.site.host)).toBe("done");
    expect(watched.site.requests).toEqual(["/robots.txt"]);
    expect(await watched.link("/a")).toMatchObject({
      state: "dead-letter",
      reason: "poison",
      dueAt: null,
    });
  });
});

describe("stored in order", () => {
  test("a capture is there before the article, so a crash between loses nothing", async () => {
    const { store, site, worker, openAnotherWorker, link } = await services.watchSite("order", [
      "/a",
    ]);
    const { collections } = store;
    const articles = withFaults(collections.articles, { insertMany: () => endProcess });
    const { deps } = worker;
    const broken = { ...store, collections: { ...collections, articles } };
    const commit = createCommit(broken, { timezone: "UTC", now: () => deps.now() });
    // Less than the shortest wait for a second attempt, which would be lost, too.
    await takeTurns({ ...worker, deps: { ...deps, commit } }, site.host, 0, "http", 500);
    expect(await collections.articles.countDocuments()).toBe(0);
    expect(await collections.captures.countDocuments({ kind: "article" })).toBe(1);
    expect(await link("/a")).toMatchObject({ state: "due", reason: "unknown", claim: null });

    const next = await openAnotherWorker();
    next.advance(60_000);
    await takeTurns(next, site.host);
    expect(await link("/a")).toMatchObject({ state: "done", outcome: "new" });
    expect(await collections.articles.countDocuments()).toBe(1);
    expect(await collections.revisions.countDocuments()).toBe(1);
  });
});
