import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { readChanges } from "../../../store/changes.ts";
import { readListing } from "../../../store/listing.ts";
import type { Store } from "../../../store/store.ts";
import { readUnlisted } from "../../../store/unlisted.ts";
import { sequence } from "../../../workers/sequencer.ts";
import { deriveAgain } from "../../helpers/reprocess.ts";
import { type Services, startServices } from "../../helpers/watched-site.ts";
import { type TestWorker, takeTurns } from "../../helpers/worker.ts";

let services: Services;
beforeAll(async () => {
  services = await startServices(import.meta.filename);
});
afterEach(() => services.closeSites());
afterAll(() => services?.close());

/** Asks a source for another relevance and weighs its articles again. */
async function ask(store: Store, { deps }: TestWorker, min: number) {
  await store.collections.sources.updateOne(
    { _id: "cities" },
    { $set: { relevance: { min } }, $inc: { version: 1 } },
  );
  return deriveAgain(deps, ["relevance"]);
}

const listed = async (store: Store) =>
  (await readListing(store, {}, { limit: 9, now: new Date() })).articles.map(({ title }) => title);

test("what is less relevant than its source asks is kept and found with its reason, and published once the source asks for less", async () => {
  const source = { relevance: { min: 0.5 }, trust: 0.6, topics: ["smart-city"] };
  const { store, site, worker } = await services.watchSite("threshold", ["/a"], { source });
  await takeTurns(worker, site.host);
  const reason = "0.24 of 0.5: topics 0, declared 0.15, place 0, trust 0.09";
  const [low] = await readUnlisted(store, new Date());
  expect(low).toMatchObject({
    title: "Report on /a",
    unlisted: { reason: "below relevance", detail: reason },
  });
  expect(await listed(store)).toEqual([]);
  expect(await store.collections.captures.countDocuments({ kind: "article" })).toBe(1);

  expect(await ask(store, worker, 0.4)).toMatchObject({ changed: 1 });
  const [still] = await readUnlisted(store, new Date());
  expect(still?.unlisted?.detail).toMatch(/^0\.24 of 0\.4: /);
  expect(still?.unlisted?.at).toEqual(low?.unlisted?.at);

  expect(await ask(store, worker, 0.2)).toMatchObject({ changed: 1 });
  expect(await listed(store)).toEqual(["Report on /a"]);
  expect(await readUnlisted(store, new Date())).toEqual([]);
  expect(await ask(store, worker, 0.2)).toMatchObject({ changed: 0 });

  expect(await ask(store, worker, 0.9)).toMatchObject({ changed: 1 });
  expect(await listed(store)).toEqual([]);
  await sequence(store, new Date());
  const changes = await readChanges(store, 0, 10);
  expect(changes.map(({ before, item }) => [before?.status ?? null, item.status])).toEqual([
    [null, "unlisted"],
    ["unlisted", "unlisted"],
    ["unlisted", "published"],
    ["published", "unlisted"],
  ]);
});
