import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { urlKey } from "../../../discover/canonical-url.ts";
import { emptyCounts } from "../../../store/runs.ts";
import type { Settings } from "../../../workers/deps.ts";
import { maintain } from "../../../workers/maintain.ts";
import { sequence } from "../../../workers/sequencer.ts";
import { articlePage } from "../../helpers/site.ts";
import { type Services, startServices, type WatchedSite } from "../../helpers/watched-site.ts";
import { takeTurns } from "../../helpers/worker.ts";

const DAY = 86_400_000;
const FOREVER = { raw: null, articles: null, runs: null, changes: null };

let services: Services;
beforeAll(async () => {
  services = await startServices(import.meta.filename);
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
  const by = (time: Date) => new Date(time.getTime() - days * DAY);
  for await (const { _id, fetchedAt } of captures.find()) {
    await captures.updateOne({ _id }, { $set: { fetchedAt: by(fetchedAt) } });
  }
  for await (const { _id, storedAt } of bodies.find()) {
    await bodies.updateOne({ _id }, { $set: { storedAt: by(storedAt) } });
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

test("responses go when their time is over, articles stay; without a time everything stays", async () => {
  const watched = await services.watchSite("raw", ["/a", "/b"]);
  await takeTurns(watched.worker, watched.site.host);
  expect(await count(watched, "captures")).toBe(4);
  await age(watched, 29);
  expect(await upkeep(watched, { raw: 30 * DAY })).toEqual({});
  await age(watched, 1.5);
  expect(await upkeep(watched, {})).toEqual({});
  expect(await upkeep(watched, { raw: 30 * DAY })).toMatchObject({ captures: 4 });
  expect(await count(watched, "bodies")).toBe(3);
  await age(watched, 1);
  expect(await upkeep(watched, { raw: 30 * DAY })).toEqual({ bodies: 3 });
  expect(await count(watched, "bodies")).toBe(0);
  expect(await count(watched, "articles")).toBe(2);
});

test("a body that came again is kept as long as the newest response that has it", async () => {
  const watched = await services.watchSite("shared", ["/a"]);
  const { store, site, worker } = watched;
  await takeTurns(worker, site.host);
  await age(watched, 40);
  await again(watched, "/a");
  await upkeep(watched, { raw: 30 * DAY });
  const [capture] = await store.collections.captures.find({ kind: "article" }).toArray();
  expect(await count(watched, "bodies")).toBe(1);
  expect(await store.collections.bodies.findOne({ _id: capture?.bodyId ?? "" })).not.toBeNull();
});

test("a purged article leaves a tombstone: none of its addresses comes back as new", async () => {
  const watched = await services.watchSite("purged", ["/a"]);
  const { store, site, worker, link } = watched;
  const { articles, aliases, tombstones } = store.collections;
  const canonical = `<link rel="canonical" href="${site.at("/canonical")}">`;
  site.pages["/a"] = articlePage("Report a", undefined, canonical);
  await takeTurns(worker, site.host);
  worker.advance(400 * DAY);
  // Readers have not been told of it yet.
  expect(await upkeep(watched, { articles: 365 * DAY })).toEqual({});
  await sequence(store, worker.deps.now());
  expect(await upkeep(watched, { articles: 365 * DAY })).toEqual({ articles: 1 });
  expect(await count(watched, "articles")).toBe(0);
  expect(await count(watched, "revisions")).toBe(0);
  expect(await aliases.countDocuments()).toBe(0);
  expect(await link("/a")).toMatchObject({ state: "skipped", reason: "purged", dueAt: null });
  const keys = [urlKey(site.at("/a")), urlKey(site.at("/canonical"))];
  expect((await tombstones.find().toArray()).map(({ _id }) => _id).toSorted()).toEqual(
    keys.toSorted(),
  );

  await again(watched, "/a");
  expect(await articles.countDocuments()).toBe(0);
  expect(await link("/a")).toMatchObject({ state: "skipped", reason: "purged" });
});

test("records of finished runs go, open ones stay", async () => {
  const watched = await services.watchSite("runs", []);
  const { store, worker } = watched;
  const run = { sourceId: "cities", sourceVersion: 1, trigger: "schedule" as const, first: false };
  const rest = { ...run, finishedAt: null, counts: emptyCounts(), problems: [] };
  const ago = (days: number) => new Date(worker.deps.now().getTime() - days * DAY);
  await store.collections.runs.insertMany([
    { _id: "old", open: false, startedAt: ago(100), ...rest },
    { _id: "old and open", open: true, startedAt: ago(100), ...rest },
    { _id: "young", open: false, startedAt: ago(10), ...rest },
  ]);
  expect(await upkeep(watched, { runs: 90 * DAY })).toEqual({ runs: 1 });
  const left = await store.collections.runs.find().toArray();
  expect(left.map(({ _id }) => _id).toSorted()).toEqual(["old and open", "young"]);
});
