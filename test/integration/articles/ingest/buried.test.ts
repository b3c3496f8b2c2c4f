import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { urlKey } from "../../../../crawler/links/url.ts";
import type { Tombstone } from "../../../../model/articles/article.ts";
import { addTombstones, tombstonesOf } from "../../../../store/articles/articles.ts";
import { crawl } from "../../../../workers/crawl/open-runs.ts";
import { makeSource } from "../../../helpers/articles.ts";
import { articlePage, feedOf, moved } from "../../../helpers/site.ts";
import { type Services, startServices } from "../../../helpers/watched-site.ts";
import { takeTurns } from "../../../helpers/worker.ts";

let services: Services;
beforeAll(async () => {
  services = await startServices(import.meta.filename, { oneStore: true });
});
afterEach(() => services.closeSites());
afterAll(() => services?.close());

function stone(url: string, kind: Tombstone["kind"] = "erased"): Tombstone {
  return { _id: urlKey(url), kind, at: new Date(), reason: "asked for in writing", actor: "ada" };
}

describe("a page that has a tombstone", () => {
  test("It isn't fetched when a feed names it again, and the run reports it", async () => {
    const { store, site, worker } = await services.watchSite("feed", []);
    site.pages["/feed"] = feedOf([site.at("/gone"), site.at("/old"), site.at("/new")]);
    for (const path of ["/gone", "/old", "/new"]) site.pages[path] = articlePage(path);
    await addTombstones(store, [stone(site.at("/gone")), stone(site.at("/old"), "purged")]);
    const source = makeSource("s1", {
      feeds: [site.at("/feed")],
      nextDueAt: worker.deps.now(),
      render: "http",
      pace: { delay: 20, concurrency: 1 },
    });
    await store.collections.sources.insertOne(source);
    await crawl(worker.deps, [{ sourceId: "s1" }]);
    await takeTurns(worker, site.host);
    expect(site.requests).toEqual(["/robots.txt", "/feed", "/new"]);
    const [run] = await store.collections.runs.find({ sourceId: "s1" }).toArray();
    expect(run?.problems).toContain("erased links skipped: 1");
    const stored = await store.collections.links.find({ kind: "article" }).toArray();
    expect(stored.map(({ url }) => url)).toEqual([site.at("/new")]);
  });

  test("It isn't fetched over a redirect, and the URL that redirects to it gets a tombstone too", async () => {
    const { store, site, worker, link } = await services.watchSite("redirect", ["/short"]);
    site.pages["/short"] = moved("/gone");
    site.pages["/gone"] = articlePage("Gone");
    await addTombstones(store, [stone(site.at("/gone"))]);
    await takeTurns(worker, site.host);
    expect(site.requests).toEqual(["/robots.txt", "/short"]);
    expect(await link("/short")).toBeNull();
    expect((await tombstonesOf(store, [urlKey(site.at("/short"))])).size).toBe(1);
    expect(await store.collections.captures.countDocuments({ kind: "article" })).toBe(0);
  });

  test("It isn't stored under a new URL", async () => {
    const { store, site, worker, link } = await services.watchSite("canonical", [
      "/copy",
      "/again",
    ]);
    const canonical = (path: string) => `<link rel="canonical" href="${site.at(path)}">`;
    site.pages["/copy"] = articlePage("Copy", undefined, canonical("/gone"));
    site.pages["/again"] = articlePage("Again", undefined, canonical("/old"));
    await addTombstones(store, [stone(site.at("/gone")), stone(site.at("/old"), "purged")]);
    await takeTurns(worker, site.host);
    const { articles, captures, bodies, aliases, links } = store.collections;
    for (const stored of [articles, aliases]) expect(await stored.countDocuments()).toBe(0);
    expect(await captures.countDocuments({ kind: "article" })).toBe(0);
    // Only robots.txt.
    expect(await bodies.countDocuments()).toBeLessThanOrEqual(1);
    expect(await link("/copy")).toBeNull();
    expect(await link("/again")).toMatchObject({
      state: "skipped",
      reason: "purged",
      detail: "asked for in writing",
    });
    expect(await links.countDocuments()).toBe(1);
  });

  test("Its first tombstone stays, but erasing wins over purging", async () => {
    const { store } = await services.watchSite("twice", []);
    const url = "https://city.example/a";
    const later = (kind: Tombstone["kind"], reason: string) => ({ ...stone(url, kind), reason });
    await addTombstones(store, [later("purged", "first")]);
    await addTombstones(store, [later("purged", "second")]);
    const read = async () => (await tombstonesOf(store, [urlKey(url)])).get(urlKey(url));
    expect(await read()).toMatchObject({ kind: "purged", reason: "first" });
    await addTombstones(store, [later("erased", "third")]);
    await addTombstones(store, [later("erased", "fourth"), later("purged", "fifth")]);
    expect(await read()).toMatchObject({ kind: "erased", reason: "third" });
  });
});
