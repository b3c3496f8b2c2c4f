import { crawl } from "../../workers/crawl/open-runs.ts";
import { tick } from "../../workers/schedule/tick.ts";
import { makeSource } from "./articles.ts";
import type { Services, WatchedSite } from "./watched-site.ts";
import { takeTurns } from "./worker.ts";

/** Returns a scene whose source is watched; `runOnce` makes one run and returns the requested paths. */
export async function watchSource(
  services: Services,
  name: string,
  declare: (watched: WatchedSite) => object,
) {
  const watched = await services.watchSite(name, []);
  const { store, site, worker } = watched;
  const source = makeSource("s1", { render: "http", ...declare(watched), nextDueAt: new Date(0) });
  source.pace = { delay: 0, concurrency: 1 };
  await store.collections.sources.insertOne(source);
  const runOnce = async () => {
    await store.collections.sources.updateOne(
      { _id: "s1" },
      { $set: { nextDueAt: worker.deps.now() } },
    );
    const before = site.requests.length;
    await crawl(worker.deps, [{ sourceId: "s1" }]);
    await takeTurns(worker, site.host);
    await tick(worker.deps);
    worker.advance(120_000);
    return site.requests.slice(before).filter((path) => path !== "/robots.txt");
  };
  const problems = async () => {
    const [run] = await store.collections.runs.find().sort({ startedAt: -1 }).limit(1).toArray();
    return run?.problems ?? [];
  };
  return { ...watched, runOnce, problems };
}
