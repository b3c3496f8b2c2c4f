import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { getArticles } from "../../../../store/articles.ts";
import { rereadArticles } from "../../../../workers/reprocess/reread.ts";
import { settleSources } from "../../../../workers/sources/settle.ts";
import { articlePage, textOf } from "../../../helpers/site.ts";
import { type Services, startServices, type WatchedSite } from "../../../helpers/watched-site.ts";
import { takeTurns } from "../../../helpers/worker.ts";

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

async function textsOf({ store }: WatchedSite): Promise<string[]> {
  const ids = await store.collections.articles.distinct("_id");
  return [...(await getArticles(store, ids)).values()].map(({ text }) => text).toSorted();
}

const own = PATHS.map((path) => textOf(path)).toSorted();

test("Articles that were read before their source's boilerplate was known are read again", async () => {
  const watched = await readSite();
  const { deps } = watched.worker;
  expect(await textsOf(watched)).not.toEqual(own);
  await settleSources(deps);
  await rereadArticles(deps, "cities");
  expect(await textsOf(watched)).toEqual(own);
});

test("An article that is read again has a new revision that says so", async () => {
  const { store, worker } = await readSite();
  await settleSources(worker.deps);
  await rereadArticles(worker.deps, "cities");
  const again = await store.collections.articles.find({ revision: 2 }).toArray();
  expect(again.length).toBeGreaterThan(0);
  expect(new Set(again.map(({ revised }) => revised?.kind))).toEqual(new Set(["reading"]));
});

test("What is settled is not settled again", async () => {
  const { store, worker } = await readSite();
  await settleSources(worker.deps);
  await rereadArticles(worker.deps, "cities");
  const before = await store.collections.boilerplate.findOne({ _id: "cities" });
  expect(before).not.toHaveProperty("unsettledAt");
  expect(before).not.toHaveProperty("rereadAt");
  await settleSources(worker.deps);
  expect(await store.collections.boilerplate.findOne({ _id: "cities" })).toEqual(before);
});

test("Another worker reads again what one left that was lost", async () => {
  const watched = await readSite();
  const { worker, store, openAnotherWorker } = watched;
  await settleSources(worker.deps);
  const taken = new Date(worker.deps.now().getTime() + 60_000);
  await store.collections.boilerplate.updateOne({ _id: "cities" }, { $set: { rereadAt: taken } });
  const other = await openAnotherWorker();
  await rereadArticles(other.deps, "cities");
  expect(await textsOf(watched)).not.toEqual(own);
  other.advance(61_000);
  await rereadArticles(other.deps, "cities");
  expect(await textsOf(watched)).toEqual(own);
});

test("While a run of its source is open nothing is settled", async () => {
  const { store, worker } = await readSite();
  const run = { _id: "run-1", sourceId: "cities", open: true, startedAt: new Date(1000) };
  await store.collections.runs.insertOne(run as never);
  await settleSources(worker.deps);
  const left = await store.collections.boilerplate.findOne({ _id: "cities" });
  expect(left).toHaveProperty("unsettledAt");
});
