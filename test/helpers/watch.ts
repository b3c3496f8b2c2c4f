import { crawl } from "../../workers/crawl.ts";
import { tick } from "../../workers/schedule.ts";
import { makeSource } from "./articles.ts";
import { drive } from "./line.ts";
import type { Scene, Stage } from "./scene.ts";

/** A scene whose source is watched from now on; `play` is one run, and answers what was asked for. */
export async function watch(stage: Stage, name: string, given: (scene: Scene) => object) {
  const scene = await stage.open(name, []);
  const { store, site, line } = scene;
  const source = makeSource("s1", { render: "http", ...given(scene), nextDueAt: new Date(0) });
  source.pace = { delay: 0, concurrency: 1 };
  await store.collections.sources.insertOne(source);
  const play = async () => {
    await store.collections.sources.updateOne(
      { _id: "s1" },
      { $set: { nextDueAt: line.deps.now() } },
    );
    const before = site.asked.length;
    await crawl(line.deps, { sourceId: "s1", trigger: "schedule" });
    await drive(line, site.host);
    await tick(line.deps);
    line.advance(120_000);
    return site.asked.slice(before).filter((path) => path !== "/robots.txt");
  };
  const problems = async () => {
    const [run] = await store.collections.runs.find().sort({ startedAt: -1 }).limit(1).toArray();
    return run?.problems ?? [];
  };
  return { ...scene, play, problems };
}
