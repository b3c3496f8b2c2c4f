import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { sequence } from "../../../articles/stream/sequencer.ts";
import type { Report } from "../../../model/archive/reprocessing.ts";
import type { Change } from "../../../model/publish/change.ts";
import { readUnlisted } from "../../../store/articles/articles.ts";
import { readListing } from "../../../store/articles/listing.ts";
import { readChanges } from "../../../store/publish/changes.ts";
import type { Store } from "../../../store/store.ts";
import { deriveAgain } from "../../helpers/reprocess.ts";
import { type Services, startServices } from "../../helpers/watched-site.ts";
import { type TestWorker, takeTurns } from "../../helpers/worker.ts";

let services: Services;
beforeAll(async () => {
  services = await startServices(import.meta.filename);
});
afterEach(() => services.closeSites());
afterAll(() => services?.close());

/** Gives a source another threshold of relevance and weighs its articles again. */
async function setThreshold(store: Store, { deps }: TestWorker, min: number) {
  await store.collections.sources.updateOne(
    { _id: "cities" },
    { $set: { relevance: { min } }, $inc: { version: 1 } },
  );
  return deriveAgain(deps, ["relevance"]);
}

const listed = async (store: Store) =>
  (await readListing(store, {}, { limit: 9, now: new Date() })).articles.map(({ title }) => title);

const REASON = "0.24 of 0.5: topics 0, declared 0.15, place 0, trust 0.09";

describe("an article that is less relevant than its source wants", () => {
  /** What each step left: the report, what readers have, and what is unlisted. */
  type Step = { report: Report | null; listed: string[]; unlisted: Unlisted[] };
  type Unlisted = Awaited<ReturnType<typeof readUnlisted>>[number];
  let stored: Step & { captures: number };
  let wantsLess: Step;
  let wantsLittle: Step;
  let unchanged: Report;
  let wantsMuch: Step;
  let changes: Change[];
  beforeAll(async () => {
    const source = { relevance: { min: 0.5 }, trust: 0.6, topics: ["smart-city"] };
    const { store, site, worker } = await services.watchSite("threshold", ["/a"], { source });
    await takeTurns(worker, site.host);
    const step = async (report: Report | null = null): Promise<Step> => ({
      report,
      listed: await listed(store),
      unlisted: await readUnlisted(store, new Date()),
    });
    const captures = await store.collections.captures.countDocuments({ kind: "article" });
    stored = { ...(await step()), captures };
    wantsLess = await step(await setThreshold(store, worker, 0.4));
    wantsLittle = await step(await setThreshold(store, worker, 0.2));
    unchanged = await setThreshold(store, worker, 0.2);
    wantsMuch = await step(await setThreshold(store, worker, 0.9));
    await sequence(store, new Date());
    changes = await readChanges(store, 0, 10);
  });

  test("it is unlisted, with the reason and what its relevance is made of", () => {
    expect(stored.unlisted[0]).toMatchObject({
      title: "Report on /a",
      unlisted: { reason: "below relevance", detail: REASON },
    });
  });

  test("readers don't see it", () => {
    expect(stored.listed).toEqual([]);
  });

  test("its page is kept", () => {
    expect(stored.captures).toBe(1);
  });

  test("its reason follows the new threshold while it stays unlisted", () => {
    expect(wantsLess.report).toMatchObject({ changed: 1 });
    expect(wantsLess.unlisted[0]?.unlisted?.detail).toMatch(/^0\.24 of 0\.4: /);
  });

  test("it is unlisted since the first time, whatever the threshold became", () => {
    expect(wantsLess.unlisted[0]?.unlisted?.at).toEqual(stored.unlisted[0]?.unlisted?.at);
  });

  test("it is published once its source wants less", () => {
    expect(wantsLittle.report).toMatchObject({ changed: 1 });
    expect(wantsLittle.listed).toEqual(["Report on /a"]);
    expect(wantsLittle.unlisted).toEqual([]);
  });

  test("it stays as it is where the threshold is the same", () => {
    expect(unchanged).toMatchObject({ changed: 0 });
  });

  test("it is taken from readers once its source wants more than it has", () => {
    expect(wantsMuch.report).toMatchObject({ changed: 1 });
    expect(wantsMuch.listed).toEqual([]);
  });

  test("the stream has a change for each new status or reason", () => {
    expect(changes.map(({ before, item }) => [before?.status ?? null, item.status])).toEqual([
      [null, "unlisted"],
      ["unlisted", "unlisted"],
      ["unlisted", "published"],
      ["published", "unlisted"],
    ]);
  });
});
