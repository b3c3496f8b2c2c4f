import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { healthOf } from "../../../../model/sources/health.ts";
import { EMPTY_SAMPLE } from "../../../../model/sources/learned.ts";
import { addSamples } from "../../../../sources/health/drift.ts";
import { acceptBaseline } from "../../../../sources/operations.ts";
import { readBaseline } from "../../../../store/sources/learned.ts";
import { getSource, makeDue } from "../../../../store/sources/sources.ts";
import { crawl } from "../../../../workers/crawl/open-runs.ts";
import { closeFinishedRuns } from "../../../../workers/schedule/close-runs.ts";
import { dice } from "../../../helpers/arrivals.ts";
import { healthyRun } from "../../../helpers/healthy-run.ts";
import { feedOf, textOf } from "../../../helpers/site.ts";
import { type Services, startServices } from "../../../helpers/watched-site.ts";
import { takeTurns } from "../../../helpers/worker.ts";

let services: Services;
beforeAll(async () => {
  services = await startServices(import.meta.filename);
});
afterAll(async () => {
  await services?.closeSites();
  await services?.close();
});

/** A page of the site, whose headline is in an element of this class. */
function page(name: string, headline: string): string {
  const paragraphs = textOf(name).replaceAll("\n\n", "</p><p>");
  return `<!doctype html><html lang=en><head><title>The Gazette</title></head><body><main>
    <div class="${headline}">News of ${name}</div><time class=when datetime="2026-11-24T08:00:00Z">24 Nov</time>
    <div class=story><p>${paragraphs}</p></div></main></body></html>`;
}

/** Runs before and after a redesign, and one after an admin has accepted what is read since. */
async function redesign() {
  const random = dice(7);
  const select = [
    { title: ".headline", publishedAt: ".when@datetime", text: ".story", remove: [] },
  ];
  const { site, worker, store } = await services.watchSite("rot", []);
  const { deps } = worker;
  const source = async () => {
    const found = await getSource(store, "cities");
    if (!found) throw new Error("the source is gone");
    return found;
  };
  const set = { select, feeds: [site.at("/feed")], lastSuccessAt: new Date(Date.now() - 60_000) };
  await store.collections.sources.updateOne({ _id: "cities" }, { $set: set });
  const past = Array.from({ length: 20 }, () => healthyRun(random, { articles: 5 }));
  // The pages of this site name no author and have no teaser.
  const missing = { authors: 100, teaser: 100 };
  const length = { sum: 100 * Math.log(1200), squares: 100 * Math.log(1200) ** 2 };
  const usual = { ...past.reduce(addSamples, EMPTY_SAMPLE), length, missing };
  await store.collections.baselines.insertOne({ _id: "cities", usual });
  let runs = 0;
  const run = async (headline: string) => {
    runs++;
    const paths = [1, 2, 3].map((n) => `/news/${runs}-${n}`);
    for (const path of paths) site.pages[path] = page(path, headline);
    site.pages["/feed"] = feedOf(paths.map(site.at), new Date("2026-11-24T08:00:00Z"));
    await makeDue(store, deps.now());
    await crawl(deps, [{ sourceId: "cities" }]);
    await takeTurns(worker, site.host);
    expect(await closeFinishedRuns(deps)).toBe(1);
    worker.advance(120_000);
    return healthOf(await source(), deps.now());
  };

  const before = await run("headline");
  const after = await run("title-new");
  const request = { actor: "user ada", reason: "the feed says it" };
  const accepted = await acceptBaseline(store, "cities", request, deps.now());
  const acceptedTwice = await acceptBaseline(store, "cities", request, deps.now());
  const afterAccepting = await run("title-new");
  const baseline = await readBaseline(store, "cities");
  return { before, after, accepted, acceptedTwice, afterAccepting, baseline };
}

describe("a redesign after which a selector reads the wrong element", () => {
  let seen: Awaited<ReturnType<typeof redesign>>;
  beforeAll(async () => {
    seen = await redesign();
  });

  test("The source is healthy before it", () => {
    expect(seen.before).toMatchObject({ words: null });
  });

  test("The next run degrades the source and says which field is wrong", () => {
    expect(seen.after).toMatchObject({
      state: "degraded",
      cause: "drift",
      words: expect.stringContaining(
        "the title is the same on several articles: 3 of the last 3",
      ) as string,
    });
  });

  test("An admin accepts what is read once", () => {
    expect(seen.accepted).toBe(true);
    expect(seen.acceptedTwice).toBe(false);
  });

  test("The source is healthy again once it is accepted", () => {
    expect(seen.afterAccepting).toMatchObject({ state: "ok" });
  });

  test("The baseline of the source hold its rhythm and its last titles, and nothing of a closed run", () => {
    const { rhythm, titles, run: open } = seen.baseline;
    expect(rhythm?.gaps).toBeGreaterThan(0);
    expect(titles).toHaveLength(9);
    expect(open).toMatchObject({ articles: 0, repeated: 0 });
  });
});
