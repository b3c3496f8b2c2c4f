import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { rereadArticles } from "../../../archive/reprocess/write.ts";
import { finishDueBoilerplate } from "../../../sources/boilerplate.ts";
import { getArticles } from "../../../store/articles/articles.ts";
import { finishBoilerplateFrom } from "../../../store/sources/learned.ts";
import { articlePage, feedOf, textOf } from "../../helpers/site.ts";
import { type Services, startServices, type WatchedSite } from "../../helpers/watched-site.ts";
import { watchSource } from "../../helpers/watched-source.ts";
import { takeTurns } from "../../helpers/worker.ts";

const NOTICE =
  "The information office of the city answers questions about this and all other reports on every working day between eight and four.";
const PATHS = ["/a", "/b", "/c", "/d"];

let services: Services;
beforeAll(async () => {
  services = await startServices(import.meta.filename, { oneStore: true });
});
afterEach(() => services.closeSites());
afterAll(() => services?.close());

/** A site whose pages all end with the same notice, once each of them was read. */
async function readSite(): Promise<WatchedSite> {
  const watched = await services.watchSite("settle", PATHS);
  for (const path of PATHS) {
    watched.site.pages[path] = articlePage(`Report on ${path}`, `${textOf(path)}\n\n${NOTICE}`);
  }
  await takeTurns(watched.worker, watched.site.host);
  return watched;
}

/** Settles the source as a tick does once its run is closed. */
async function finishBoilerplate({ store, worker: { deps } }: WatchedSite): Promise<void> {
  await finishBoilerplateFrom(store, ["cities"], deps.now());
  await finishDueBoilerplate(deps);
}

async function textsOf({ store }: WatchedSite): Promise<string[]> {
  const ids = await store.collections.articles.distinct("_id");
  return [...(await getArticles(store, ids)).values()].map(({ text }) => text).toSorted();
}

const own = PATHS.map((path) => textOf(path)).toSorted();

test("Articles that were read before their source's boilerplate was known are read again", async () => {
  const watched = await readSite();
  const { deps } = watched.worker;
  expect(await textsOf(watched)).not.toEqual(own);
  await finishBoilerplate(watched);
  await rereadArticles(deps, "cities");
  expect(await textsOf(watched)).toEqual(own);
});

test("An article that is read again has a new revision that says so", async () => {
  const watched = await readSite();
  const { store, worker } = watched;
  await finishBoilerplate(watched);
  await rereadArticles(worker.deps, "cities");
  const again = await store.collections.articles.find({ revision: 2 }).toArray();
  expect(again.length).toBeGreaterThan(0);
  expect(new Set(again.map(({ revised }) => revised?.kind))).toEqual(new Set(["reading"]));
});

test("What is settled is not settled again", async () => {
  const watched = await readSite();
  const { store, worker } = watched;
  await finishBoilerplate(watched);
  await rereadArticles(worker.deps, "cities");
  const before = await store.collections.boilerplate.findOne({ _id: "cities" });
  expect(before).not.toHaveProperty("finishAt");
  expect(before).not.toHaveProperty("rereadAt");
  await finishBoilerplate(watched);
  expect(await store.collections.boilerplate.findOne({ _id: "cities" })).toEqual(before);
});

test("Another worker reads again what one left that was lost", async () => {
  const watched = await readSite();
  const { worker, store, openAnotherWorker } = watched;
  await finishBoilerplate(watched);
  const taken = new Date(worker.deps.now().getTime() + 60_000);
  await store.collections.boilerplate.updateOne({ _id: "cities" }, { $set: { rereadAt: taken } });
  const other = await openAnotherWorker();
  await rereadArticles(other.deps, "cities");
  expect(await textsOf(watched)).not.toEqual(own);
  other.advance(61_000);
  await rereadArticles(other.deps, "cities");
  expect(await textsOf(watched)).toEqual(own);
});

test("Articles whose run is not closed yet are not settled", async () => {
  const { store, worker } = await readSite();
  await finishDueBoilerplate(worker.deps);
  expect(await store.collections.boilerplate.findOne({ _id: "cities" })).toMatchObject({
    finishAt: expect.any(Date),
    recent: PATHS.map(() => expect.not.objectContaining({ isFinal: true })),
  });
});

test("Articles of no run are settled ten minutes after the last one", async () => {
  const { store, worker } = await readSite();
  worker.advance(601_000);
  await finishDueBoilerplate(worker.deps);
  const settled = await store.collections.boilerplate.findOne({ _id: "cities" });
  expect(settled).not.toHaveProperty("finishAt");
});

test("A run that is closed has its articles settled", async () => {
  const watched = await watchSource(services, "closed", ({ site }) => ({
    feeds: [site.at("/feed")],
  }));
  const { site, store, worker, runOnce } = watched;
  for (const path of PATHS) {
    site.pages[path] = articlePage(`Report on ${path}`, `${textOf(path)}\n\n${NOTICE}`);
  }
  site.pages["/feed"] = feedOf(PATHS.map((path) => site.at(path)));
  await runOnce();
  const boilerplate = await store.collections.boilerplate.findOne({ _id: "s1" });
  expect(boilerplate).toMatchObject({ known: [{ isFinal: true }], rereadAt: expect.any(Date) });
  await rereadArticles(worker.deps, "s1");
  expect(await textsOf(watched)).toEqual(own);
});
