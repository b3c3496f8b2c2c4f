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

test.each([
  ["none", []],
  ["one", [30 * DAY_MS]],
  ["three", [HOUR_MS, DAY_MS, 400 * DAY_MS]],
])(
  "the few captures of a page (%s) are found in few queries, however old they are",
  async (linkId, ages) => {
    const times = ages.map(before);
    for (const [n, fetchedAt] of times.entries()) {
      const capture = { _id: `${linkId}-${n}`, linkId, fetchedAt };
      await store.collections.captures.insertOne(makeCapture("https://cities.example/1", capture));
    }
    counted.reset();
    const query = { of: { linkIds: [linkId] }, until: NOW };
    const { captures } = await readCaptures(counted.store, query, { limit: 50 });
    expect(captures.map(({ fetchedAt }) => fetchedAt)).toEqual(times);
    expect(counted.commands().length).toBeLessThan(9);
  },
);
