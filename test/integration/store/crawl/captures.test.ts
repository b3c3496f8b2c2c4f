import { afterAll, beforeAll, expect, test } from "vitest";
import { DAY_MS, HOUR_MS } from "../../../../lib/time.ts";
import { readCaptures } from "../../../../store/crawl/captures.ts";
import type { Store } from "../../../../store/store.ts";
import { countCommands } from "../../../helpers/commands.ts";
import { startTestDatabase, type TestDatabase } from "../../../helpers/database.ts";
import { makeCapture } from "../../../helpers/reading.ts";

const NOW = new Date("2026-11-25T12:00:00Z");
const before = (ms: number) => new Date(NOW.getTime() - ms);

let database: TestDatabase;
let store: Store;
let counted: Awaited<ReturnType<typeof countCommands>>;
beforeAll(async () => {
  database = await startTestDatabase(import.meta.filename);
  store = await database.open("captures");
  counted = await countCommands(store);
});
afterAll(async () => {
  await counted.close();
  await database.close();
});

test("the few captures of a page are found in few queries, however old they are", async () => {
  const times = [before(HOUR_MS), before(DAY_MS), before(400 * DAY_MS)];
  await store.collections.captures.insertMany(
    times.map((fetchedAt, n) =>
      makeCapture("https://cities.example/1", { _id: `capture-${n}`, linkId: "link-1", fetchedAt }),
    ),
  );
  counted.reset();
  const query = { of: { linkIds: ["link-1"] }, until: NOW };
  const { captures } = await readCaptures(counted.store, query, { limit: 50 });
  expect(captures.map(({ fetchedAt }) => fetchedAt)).toEqual(times);
  expect(counted.commands().length).toBeLessThan(9);
});
