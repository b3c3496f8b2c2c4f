import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { crawlOnce } from "../../../../../bin/commands/run/run.ts";
import type { Store } from "../../../../../store/store.ts";
import { emptyStore, startTestDatabase, type TestDatabase } from "../../../../helpers/database.ts";
import { testFolder } from "../../../../helpers/folder.ts";

let database: TestDatabase;
let store: Store;
beforeAll(async () => {
  database = await startTestDatabase(import.meta.filename);
  store = await database.open("run");
});
beforeEach(() => emptyStore(store));
afterAll(() => database.close());

const PAUSED = "paused: { reason: their server moves }\n";
const yaml = (id: string) =>
  `id: ${id}\nname: ${id}\nhome: https://${id}.example\nlanguage: en\nschedule: { every: 3h }\nfeeds: [https://${id}.example/rss]\n`;

async function crawl(ids: string[] | undefined, signal = AbortSignal.timeout(20_000)) {
  const sourcesDir = await testFolder();
  await writeFile(join(sourcesDir, "leeds.yaml"), yaml("leeds") + PAUSED);
  await writeFile(join(sourcesDir, "york.yaml"), yaml("york"));
  return crawlOnce(store, { sourcesDir }, { ids, since: new Date(), patienceMs: 500, signal });
}

test("a crawl of paused sources only is refused", async () => {
  await expect(crawl(["leeds"])).rejects.toThrow("because sources are paused or retired: leeds");
});

test("a crawl of a source that there isn't is refused", async () => {
  await expect(crawl(["leed", "york"])).rejects.toThrow('no source "leed"; did you mean leeds?');
});

test("a crawl names the paused sources that it leaves out", async () => {
  expect(await crawl(["leeds", "york"])).toMatchObject({ left: ["leeds"] });
});

test("a crawl that was stopped before it began ends at once", async () => {
  const { progress } = await crawl(undefined, AbortSignal.abort());
  expect(progress).toMatchObject([{ source: { _id: "york" }, state: "waiting" }]);
});
