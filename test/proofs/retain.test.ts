import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { sequence } from "../../articles/stream/sequencer.ts";
import { urlKey } from "../../crawler/links/url.ts";
import { DAY_MS } from "../../lib/time.ts";
import type { Link } from "../../model/crawl/link.ts";
import { emptyCounts } from "../../store/crawl/runs.ts";
import { ALL_DAYS, countUp, getDay } from "../../store/publish/counters.ts";
import type { Settings } from "../../workers/deps.ts";
import { maintain } from "../../workers/maintain/maintain.ts";
import { articlePage } from "../helpers/site.ts";
import { type Services, startServices, type WatchedSite } from "../helpers/watched-site.ts";
import { takeTurns } from "../helpers/worker.ts";

const FOREVER = { raw: null, articles: null, runs: null, changes: null };

let services: Services;
beforeAll(async () => {
  services = await startServices(import.meta.filename, { oneStore: true });
});
afterEach(() => services.closeSites());
afterAll(() => services?.close());

/** What an hour of upkeep removes with these keeping times. */
async function upkeep({ worker: { deps, advance } }: WatchedSite, keep: Partial<Settings["keep"]>) {
  const settings = { ...deps.settings, keep: { ...FOREVER, ...keep } };
  const sum: Record<string, number> = {};
  for (let minute = 0; minute < 60; minute++) {
    for (const [name, count] of Object.entries(await maintain({ ...deps, settings }))) {
      if (count > 0) sum[name] = (sum[name] ?? 0) + count;
    }
    advance(60_000);
  }
  return sum;
}

/** Makes everything that was stored so far this much older. */
async function age({ store }: WatchedSite, days: number): Promise<void> {
  const { captures, bodies } = store.collections;
  const daysAfter = (time: Date) => new Date(time.getTime() - days * DAY_MS);
  for await (const { _id, fetchedAt } of captures.find()) {
    await captures.updateOne({ _id }, { $set: { fetchedAt: daysAfter(fetchedAt) } });
  }
  for await (const { _id, storedAt } of bodies.find()) {
    await bodies.updateOne({ _id }, { $set: { storedAt: daysAfter(storedAt) } });
  }
}

/** Looks at a link once more. */
async function again({ store, site, worker }: WatchedSite, path: string): Promise<void> {
  const due = { state: "due" as const, dueAt: worker.deps.now(), attempts: 0 };
  await store.collections.links.updateOne({ _id: urlKey(site.at(path)) }, { $set: due });
  await takeTurns(worker, site.host);
}

const count = async (
  { store }: WatchedSite,
  name: "captures" | "bodies" | "articles" | "revisions",
) => store.collections[name].countDocuments();

describe("responses that are kept for thirty days", () => {
  type Removed = Record<string, number>;
  let captures: number;
  let young: Removed;
  let old: { forever: Removed; removed: Removed; bodies: number };
  let dayLater: { removed: Removed; bodies: number; articles: number };
  beforeAll(async () => {
    const watched = await services.watchSite("raw", ["/a", "/b"]);
    await takeTurns(watched.worker, watched.site.host);
    captures = await count(watched, "captures");
    await age(watched, 29);
    young = await upkeep(watched, { raw: 30 * DAY_MS });
    await age(watched, 1.5);
    const forever = await upkeep(watched, {});
    const removed = await upkeep(watched, { raw: 30 * DAY_MS });
    old = { forever, removed, bodies: await count(watched, "bodies") };
    await age(watched, 1);
    dayLater = {
      removed: await upkeep(watched, { raw: 30 * DAY_MS }),
      bodies: await count(watched, "bodies"),
      articles: await count(watched, "articles"),
    };
  });

  test("they stay until their time is over", () => {
    expect(captures).toBe(4);
    expect(young).toEqual({});
  });

  test("they stay for ever where no time is set", () => {
    expect(old.forever).toEqual({});
  });

  test("they are removed when their time is over", () => {
    expect(old.removed).toMatchObject({ captures: 4 });
  });

  test("their bodies stay a day longer", () => {
    expect(old.bodies).toBe(3);
    expect(dayLater.removed).toEqual({ bodies: 3 });
    expect(dayLater.bodies).toBe(0);
  });

  test("their articles stay", () => {
    expect(dayLater.articles).toBe(2);
  });
});

test("a body is kept as long as the newest response that has it", async () => {
  const watched = await services.watchSite("shared", ["/a"]);
  const { store, site, worker } = watched;
  await takeTurns(worker, site.host);
  await age(watched, 40);
  await again(watched, "/a");
  await upkeep(watched, { raw: 30 * DAY_MS });
  const [capture] = await store.collections.captures.find({ kind: "article" }).toArray();
  expect(await count(watched, "bodies")).toBe(1);
  expect(await store.collections.bodies.findOne({ _id: capture?.bodyId ?? "" })).not.toBeNull();
});

describe("an article whose time is over", () => {
  let unread: Record<string, number>;
  let removed: Record<string, number>;
  let left: Record<"articles" | "revisions" | "aliases", number>;
  let purged: Link | null;
  let report: { kinds: string[]; counted: number };
  let tombstones: { found: string[]; wanted: string[] };
  let seenAgain: { articles: number; link: Link | null };
  beforeAll(async () => {
    const watched = await services.watchSite("purged", ["/a"]);
    const { store, site, worker, link } = watched;
    const { collections } = store;
    const canonical = `<link rel="canonical" href="${site.at("/canonical")}">`;
    site.pages["/a"] = articlePage("Report a", undefined, canonical);
    await takeTurns(worker, site.host);
    worker.advance(400 * DAY_MS);
    unread = await upkeep(watched, { articles: 365 * DAY_MS });
    await sequence(store, worker.deps.now());
    removed = await upkeep(watched, { articles: 365 * DAY_MS });
    left = {
      articles: await count(watched, "articles"),
      revisions: await count(watched, "revisions"),
      aliases: await collections.aliases.countDocuments(),
    };
    purged = await link("/a");
    tombstones = {
      found: (await collections.tombstones.find().toArray()).map(({ _id }) => _id),
      wanted: [urlKey(site.at("/a")), urlKey(site.at("/canonical"))],
    };
    await countUp(store, 100);
    report = {
      kinds: (await collections.changes.find().toArray()).map(({ kind }) => kind),
      counted: (await getDay(store, ALL_DAYS)).articles,
    };
    await again(watched, "/a");
    seenAgain = { articles: await count(watched, "articles"), link: await link("/a") };
  });

  test("it stays until the stream has it", () => {
    expect(unread).toEqual({});
  });

  test("it is removed with its revisions and aliases", () => {
    expect(removed).toEqual({ articles: 1 });
    expect(left).toEqual({ articles: 0, revisions: 0, aliases: 0 });
  });

  test("readers get no retraction, and it stays in the counters", () => {
    expect(report).toEqual({ kinds: ["created"], counted: 1 });
  });

  test("its link says that it was purged", () => {
    expect(purged).toMatchObject({
      state: "skipped",
      reason: "purged",
      dueAt: null,
      nextFetchAt: null,
    });
  });

  test("each of its URLs has a tombstone", () => {
    expect(tombstones.found.toSorted()).toEqual(tombstones.wanted.toSorted());
  });

  test("it doesn't come back as new", () => {
    expect(seenAgain.articles).toBe(0);
    expect(seenAgain.link).toMatchObject({ state: "skipped", reason: "purged" });
  });
});

test("records of finished runs are removed when their time is over, open ones stay", async () => {
  const watched = await services.watchSite("runs", []);
  const { store, worker } = watched;
  const run = { sourceId: "cities", sourceVersion: 1, trigger: "schedule" as const, first: false };
  const rest = { ...run, finishedAt: null, counts: emptyCounts(), problems: [] };
  const ago = (days: number) => new Date(worker.deps.now().getTime() - days * DAY_MS);
  await store.collections.runs.insertMany([
    { _id: "old", open: false, startedAt: ago(100), ...rest },
    { _id: "old and open", open: true, startedAt: ago(100), ...rest },
    { _id: "young", open: false, startedAt: ago(10), ...rest },
  ]);
  expect(await upkeep(watched, { runs: 90 * DAY_MS })).toEqual({ runs: 1 });
  const left = await store.collections.runs.find().toArray();
  expect(left.map(({ _id }) => _id).toSorted()).toEqual(["old and open", "young"]);
});
