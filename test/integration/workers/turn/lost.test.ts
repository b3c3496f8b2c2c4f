import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { Link } from "../../../../model/crawl/link.ts";
import { resumeSource } from "../../../../store/sources/sources.ts";
import { checkForTrouble } from "../../../../workers/maintain/alarms.ts";
import { countLost } from "../../../../workers/turn/lost-workers.ts";
import { type Services, startServices, type WatchedSite } from "../../../helpers/watched-site.ts";
import { takeTurns } from "../../../helpers/worker.ts";

let services: Services;
beforeAll(async () => {
  services = await startServices(import.meta.filename, { oneStore: true });
});
afterEach(() => services.closeSites());
afterAll(() => services?.close());

const ALARMS = { ways: [], every: 60_000, title: "test", page: "http://portal.example/" };

/** A worker has these pages in hand, each at its last try. */
async function inHandOf({ store, site }: WatchedSite, worker: string, paths: string[]) {
  for (const [turn, path] of paths.entries()) {
    const claim = { token: `${worker} ${path}`, turn, at: new Date(Date.now() - 60_000), worker };
    const $set = {
      claim,
      attempts: 4,
      state: "due",
      dueAt: new Date(Date.now() - 60_000),
    } as const;
    await store.collections.links.updateOne({ url: site.at(path) }, { $set });
  }
}

describe("a worker that is lost with links in hand", () => {
  test("what was in hand with others keeps its tries", async () => {
    const watched = await services.watchSite("shared", ["/a", "/b"]);
    const { store, worker, site, link } = watched;
    await store.collections.hosts.updateMany({}, { $set: { concurrency: 2 } });
    await inHandOf(watched, "lost", ["/a", "/b"]);
    await takeTurns(worker, site.host, 0);
    await takeTurns(worker, site.host, 1);
    for (const path of ["/a", "/b"]) {
      expect(await link(path)).toMatchObject({ state: "done", attempts: 4, losses: null });
    }
  });

  test("what was alone in hand is poison after its last try", async () => {
    const watched = await services.watchSite("alone", ["/a", "/b"]);
    await inHandOf(watched, "lost", ["/a"]);
    await takeTurns(watched.worker, watched.site.host);
    expect(await watched.link("/a")).toMatchObject({ state: "dead-letter", reason: "poison" });
    expect(await watched.link("/b")).toMatchObject({ state: "done" });
  });

  test("what was in hand twice is poison after its last try, and what was beside it isn't", async () => {
    const watched = await services.watchSite("twice", ["/a", "/b"]);
    const { store, worker, site, link } = watched;
    await store.collections.hosts.updateMany({}, { $set: { concurrency: 2 } });
    await inHandOf(watched, "lost", ["/a", "/b"]);
    const losses = { all: 1, faults: 0 };
    await store.collections.links.updateOne({ url: site.at("/a") }, { $set: { losses } });
    await takeTurns(worker, site.host, 0);
    await takeTurns(worker, site.host, 1);
    expect(await link("/a")).toMatchObject({ state: "dead-letter", reason: "poison" });
    expect(await link("/b")).toMatchObject({ state: "done" });
  });
});

describe("a site whose pages end workers", () => {
  const setTurns = (watched: WatchedSite) => countLost(watched.worker.deps, "x", { isFault: true });
  const claimedOf = async ({ store }: WatchedSite) =>
    (await store.collections.sources.findOne({ _id: "cities" }))?.pausedByOperator ?? null;

  test("it is paused at the second one, with an alarm, and nothing more of it is fetched", async () => {
    const watched = await services.watchSite("harmful", ["/a", "/b", "/c"]);
    const { store, worker, site, link } = watched;
    await inHandOf(watched, "x", ["/a"]);
    await setTurns(watched);
    expect(await claimedOf(watched)).toBeNull();
    await inHandOf(watched, "x", ["/b"]);
    await store.collections.links.updateOne({ url: site.at("/a") }, { $set: { claim: null } });
    await setTurns(watched);
    expect(await claimedOf(watched)).toMatchObject({ actor: "newsgather", isHarmful: true });
    const [alarm] = await checkForTrouble(worker.deps, ALARMS);
    expect(alarm).toMatchObject({ subject: "cities", cause: "ends-workers", state: "failing" });
    expect(alarm?.words).toContain(site.at("/b"));
    await takeTurns(worker, site.host);
    expect(site.requests.filter((path) => path !== "/robots.txt")).toEqual([]);
    expect(await link("/c")).toMatchObject({ state: "dead-letter", reason: "poison" });
    await resumeSource(store, "cities", new Date());
    expect(await checkForTrouble(worker.deps, ALARMS)).toEqual([]);
  });

  test("it is paused too where its page was in hand with others both times", async () => {
    const watched = await services.watchSite("beside", ["/a", "/b", "/c"]);
    await inHandOf(watched, "x", ["/a", "/b"]);
    await setTurns(watched);
    expect(await claimedOf(watched)).toBeNull();
    // The other page was stored meanwhile.
    const clean: Partial<Link> = { claim: null, losses: null };
    await watched.store.collections.links.updateOne(
      { url: watched.site.at("/b") },
      { $set: clean },
    );
    await inHandOf(watched, "x", ["/a", "/c"]);
    await setTurns(watched);
    expect(await claimedOf(watched)).toMatchObject({ isHarmful: true });
  });

  test("workers that somebody killed aren't held against it", async () => {
    const watched = await services.watchSite("killed", ["/a"]);
    for (const worker of ["x", "y", "z"]) {
      await inHandOf(watched, worker, ["/a"]);
      await countLost(watched.worker.deps, worker, { isFault: false });
    }
    expect(await claimedOf(watched)).toBeNull();
  });
});
