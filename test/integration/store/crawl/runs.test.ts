import { afterAll, beforeAll, expect, test } from "vitest";
import { addRuns, latestRuns } from "../../../../store/crawl/runs.ts";
import type { Store } from "../../../../store/store.ts";
import { countCommands } from "../../../helpers/commands.ts";
import { startTestDatabase, type TestDatabase } from "../../../helpers/database.ts";
import { makeRun } from "../../../helpers/runs.ts";

const NOW = new Date("2026-11-25T12:00:00Z");
const before = (ms: number) => new Date(NOW.getTime() - ms);

let database: TestDatabase;
let store: Store;
let counted: Awaited<ReturnType<typeof countCommands>>;
beforeAll(async () => {
  database = await startTestDatabase(import.meta.filename);
  store = await database.open("runs");
  counted = await countCommands(store);
});
afterAll(async () => {
  await counted.close();
  await database.close();
});

test("the latest runs are found in few queries, although only one is open", async () => {
  const closed = Array.from({ length: 50 }, (_, n) =>
    makeRun(`closed-${n}`, { open: false, startedAt: before(n * 60_000) }),
  );
  await addRuns(store, [...closed, makeRun("open", { startedAt: before(90_000) })]);
  counted.reset();
  const found = await latestRuns(counted.store, { before: NOW, limit: 20 });
  expect(found.map(({ _id }) => _id).slice(0, 3)).toEqual(["closed-1", "open", "closed-2"]);
  expect(found).toHaveLength(20);
  expect(counted.commands().length).toBeLessThan(10);
});
