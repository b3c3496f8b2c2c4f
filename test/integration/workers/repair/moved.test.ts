import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { healthOf } from "../../../../model/health.ts";
import { getSource, makeDue } from "../../../../store/sources.ts";
import { readVersions } from "../../../../store/versions.ts";
import { closeFinishedRuns } from "../../../../workers/close-runs.ts";
import { crawl } from "../../../../workers/crawl.ts";
import { repairMoved } from "../../../../workers/repair/moved.ts";
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

test("a feed that has moved for good is told of after three runs and repaired in its file; what was stored stays", async () => {
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
  for (let runs = 0; runs < 3; runs++) {
    expect(healthOf(await source(), deps.now()).cause).not.toBe("moved");
    await makeDue(store, deps.now());
    await crawl(deps, { sourceId: "cities", trigger: "schedule" });
    await takeTurns(worker, site.host);
    expect(await closeFinishedRuns(deps)).toBe(1);
    worker.advance(120_000);
  }
  expect(healthOf(await source(), deps.now())).toMatchObject({
    state: "degraded",
    cause: "moved",
    words: `${old} leads to ${now} for good (3 runs)`,
  });
  const file = join(dir, "cities.yaml");
  const yaml = `# Ours since 2020.\nid: cities\nname: The cities\nhome: ${site.at("/")}\nfeeds:\n  - ${old} # all news\n`;
  await writeFile(file, yaml);
  const asked = { by: "user ada", reason: "it has moved" };
  const at = { store, file, now: deps.now() };
  expect(await repairMoved(at, "cities", asked)).toEqual({ done: `${old} is ${now} now` });
  expect(await readFile(file, "utf8")).toBe(yaml.replace(old, now));
  expect(await source()).toMatchObject({ feeds: [now], version: 2, moved: [] });
  expect(await readVersions(store, "cities")).toMatchObject([{ version: 2, ...asked }]);
  expect(await store.collections.articles.countDocuments({ sourceId: "cities" })).toBe(1);
  expect(await repairMoved(at, "cities", asked)).toHaveProperty("problem");
});
