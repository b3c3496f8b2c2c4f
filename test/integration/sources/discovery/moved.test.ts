import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { healthOf } from "../../../../model/sources/health.ts";
import { repairMoved } from "../../../../sources/discovery/moved.ts";
import { getSource, makeDue } from "../../../../store/sources/sources.ts";
import { readVersions } from "../../../../store/sources/versions.ts";
import { crawl } from "../../../../workers/crawl/open-runs.ts";
import { closeFinishedRuns } from "../../../../workers/schedule/close-runs.ts";
import { articlePage, feedOf, moved } from "../../../helpers/site.ts";
import { type Services, startServices } from "../../../helpers/watched-site.ts";
import { takeTurns } from "../../../helpers/worker.ts";

let services: Services;
let dir: string;
beforeAll(async () => {
  services = await startServices(import.meta.filename);
  dir = await mkdtemp(join(tmpdir(), "sources-"));
});
afterAll(async () => {
  await services?.closeSites();
  await services?.close();
  await rm(dir, { recursive: true });
});

/** Three runs of a source whose feed redirects for good, and its repair. */
async function runAndRepair() {
  const { site, worker, store } = await services.watchSite("moved", []);
  const { deps } = worker;
  const [old, now] = [site.at("/rss"), site.at("/feed")];
  site.pages["/rss"] = moved("/feed");
  site.pages["/news/1"] = articlePage("Report");
  site.pages["/feed"] = feedOf([site.at("/news/1")]);
  await store.collections.sources.updateOne({ _id: "cities" }, { $set: { feeds: [old] } });
  const source = async () => {
    const found = await getSource(store, "cities");
    if (!found) throw new Error("the source is gone");
    return found;
  };
  const causes: (string | null | undefined)[] = [];
  for (let runs = 0; runs < 3; runs++) {
    causes.push(healthOf(await source(), deps.now()).cause);
    await makeDue(store, deps.now());
    await crawl(deps, [{ sourceId: "cities" }]);
    await takeTurns(worker, site.host);
    expect(await closeFinishedRuns(deps)).toBe(1);
    worker.advance(120_000);
  }
  const health = healthOf(await source(), deps.now());
  const file = join(dir, "cities.yaml");
  const yaml = `# Ours since 2020.\nid: cities\nname: The cities\nhome: ${site.at("/")}\nfeeds:\n  - ${old} # all news\n`;
  await writeFile(file, yaml);
  const request = { actor: "user ada", reason: "it has moved" };
  const at = { store, file, now: deps.now() };
  const repaired = await repairMoved(at, "cities", request);
  const after = {
    file: await readFile(file, "utf8"),
    source: await source(),
    versions: await readVersions(store, "cities"),
    articles: await store.collections.articles.countDocuments({ sourceId: "cities" }),
  };
  const repairedTwice = await repairMoved(at, "cities", request);
  const unknown = await repairMoved(at, "citeis", request);
  return { old, now, causes, health, yaml, request, repaired, after, repairedTwice, unknown };
}

describe("a feed that has moved for good", () => {
  let feed: Awaited<ReturnType<typeof runAndRepair>>;
  beforeAll(async () => {
    feed = await runAndRepair();
  });

  test("The first two runs don't report it", () => {
    expect(feed.causes).toHaveLength(3);
    expect(feed.causes).not.toContain("moved");
  });

  test("The third run degrades the source and names the new URL", () => {
    expect(feed.health).toMatchObject({
      state: "degraded",
      cause: "moved",
      words: `${feed.old} permanently redirects to ${feed.now} (3 runs)`,
    });
  });

  test("The repair writes the new URL into the source's file and leaves its comments", () => {
    expect(feed.repaired).toEqual({ done: `${feed.old} is ${feed.now} now` });
    expect(feed.after.file).toBe(feed.yaml.replace(feed.old, feed.now));
  });

  test("The repair is a new version of the source, with who made it and why", () => {
    expect(feed.after.source).toMatchObject({ feeds: [feed.now], version: 2, moved: [] });
    expect(feed.after.versions).toMatchObject([{ version: 2, ...feed.request }]);
  });

  test("The stored articles stay", () => {
    expect(feed.after.articles).toBe(1);
  });

  test("A feed is repaired once", () => {
    expect(feed.repairedTwice).toHaveProperty("problem");
  });

  test("The repair of an unknown source says that there is no such source", () => {
    expect(feed.unknown).toEqual({ problem: "there is no source citeis" });
  });
});
