import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { urlKey } from "../../../discover/canonical-url.ts";
import { emptyCounts } from "../../../store/runs.ts";
import type { Settings } from "../../../workers/deps.ts";
import { maintain } from "../../../workers/maintain.ts";
import { sequence } from "../../../workers/sequencer.ts";
import { drive } from "../../helpers/line.ts";
import { openStage, type Scene, type Stage } from "../../helpers/scene.ts";
import { articlePage } from "../../helpers/site.ts";

const DAY = 86_400_000;
const FOREVER = { raw: null, articles: null, runs: null, changes: null };

let stage: Stage;
beforeAll(async () => {
  stage = await openStage(import.meta.filename);
});
afterEach(() => stage.clear());
afterAll(() => stage?.close());

/** What an hour of upkeep removes with these keeping times. */
async function upkeep({ line: { deps, advance } }: Scene, keep: Partial<Settings["keep"]>) {
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
async function age({ store }: Scene, days: number): Promise<void> {
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
async function again({ store, site, line }: Scene, path: string): Promise<void> {
  const due = { state: "due" as const, dueAt: line.deps.now(), attempts: 0 };
  await store.collections.links.updateOne({ _id: urlKey(site.at(path)) }, { $set: due });
  await drive(line, site.host);
}

const count = async ({ store }: Scene, name: "captures" | "bodies" | "articles" | "revisions") =>
  store.collections[name].countDocuments();

test("responses go when their time is over, articles stay; without a time everything stays", async () => {
  const scene = await stage.open("raw", ["/a", "/b"]);
  await drive(scene.line, scene.site.host);
  expect(await count(scene, "captures")).toBe(4);
  await age(scene, 29);
  expect(await upkeep(scene, { raw: 30 * DAY })).toEqual({});
  await age(scene, 1.5);
  expect(await upkeep(scene, {})).toEqual({});
  expect(await upkeep(scene, { raw: 30 * DAY })).toMatchObject({ captures: 4 });
  expect(await count(scene, "bodies")).toBe(3);
  await age(scene, 1);
  expect(await upkeep(scene, { raw: 30 * DAY })).toEqual({ bodies: 3 });
  expect(await count(scene, "bodies")).toBe(0);
  expect(await count(scene, "articles")).toBe(2);
});

test("a body that came again is kept as long as the newest response that has it", async () => {
  const scene = await stage.open("shared", ["/a"]);
  const { store, site, line } = scene;
  await drive(line, site.host);
  await age(scene, 40);
  await again(scene, "/a");
  await upkeep(scene, { raw: 30 * DAY });
  const [capture] = await store.collections.captures.find({ kind: "article" }).toArray();
  expect(await count(scene, "bodies")).toBe(1);
  expect(await store.collections.bodies.findOne({ _id: capture?.bodyId ?? "" })).not.toBeNull();
});

test("a purged article leaves a tombstone: none of its addresses comes back as new", async () => {
  const scene = await stage.open("purged", ["/a"]);
  const { store, site, line, link } = scene;
  const { articles, aliases, tombstones } = store.collections;
  const canonical = `<link rel="canonical" href="${site.at("/canonical")}">`;
  site.pages["/a"] = articlePage("Report a", undefined, canonical);
  await drive(line, site.host);
  line.advance(400 * DAY);
  // Readers have not been told of it yet.
  expect(await upkeep(scene, { articles: 365 * DAY })).toEqual({});
  await sequence(store, line.deps.now());
  expect(await upkeep(scene, { articles: 365 * DAY })).toEqual({ articles: 1 });
  expect(await count(scene, "articles")).toBe(0);
  expect(await count(scene, "revisions")).toBe(0);
  expect(await aliases.countDocuments()).toBe(0);
  expect(await link("/a")).toMatchObject({ state: "skipped", reason: "purged", dueAt: null });
  const keys = [urlKey(site.at("/a")), urlKey(site.at("/canonical"))];
  expect((await tombstones.find().toArray()).map(({ _id }) => _id).toSorted()).toEqual(
    keys.toSorted(),
  );

  await again(scene, "/a");
  expect(await articles.countDocuments()).toBe(0);
  expect(await link("/a")).toMatchObject({ state: "skipped", reason: "purged" });
});

test("records of finished runs go, open ones stay", async () => {
  const scene = await stage.open("runs", []);
  const { store, line } = scene;
  const run = { sourceId: "cities", sourceVersion: 1, trigger: "schedule" as const, first: false };
  const rest = { ...run, finishedAt: null, counts: emptyCounts(), problems: [] };
  const ago = (days: number) => new Date(line.deps.now().getTime() - days * DAY);
  await store.collections.runs.insertMany([
    { _id: "old", open: false, startedAt: ago(100), ...rest },
    { _id: "old and open", open: true, startedAt: ago(100), ...rest },
    { _id: "young", open: false, startedAt: ago(10), ...rest },
  ]);
  expect(await upkeep(scene, { runs: 90 * DAY })).toEqual({ runs: 1 });
  const left = await store.collections.runs.find().toArray();
  expect(left.map(({ _id }) => _id).toSorted()).toEqual(["old and open", "young"]);
});
