import { expect, test } from "vitest";
import { MINUTE_MS } from "../../../lib/time.ts";
import { furtherBack } from "../../../store/queries.ts";

const NOW = new Date("2026-11-25T12:00:00Z");

/** Reads times as the embedded database does: all of a range, whatever the limit. */
async function lookBack(times: readonly number[], limit: number, most?: number) {
  let [queries, read] = [0, 0];
  const found = await furtherBack(
    { before: NOW, limit, ...(most !== undefined && { most }) },
    async ({ $gte, $lt }, left) => {
      const within = times.filter((time) => time >= $gte.getTime() && time < $lt.getTime());
      queries += 1;
      read += within.length;
      return within.toSorted((a, b) => b - a).slice(0, left);
    },
  );
  return { found, queries, read };
}

const every = (gap: number, count: number, first = gap) =>
  Array.from({ length: count }, (_, n) => NOW.getTime() - first - n * gap);

test.each([
  ["one a second", every(1000, 50_000), 300],
  ["one a minute", every(MINUTE_MS, 50_000), 300],
  ["one a day", every(1440 * MINUTE_MS, 4000), 300],
  ["none for ten minutes, then one in two seconds", every(2000, 50_000, 10 * MINUTE_MS), 500],
  ["none for a week, then one an hour", every(60 * MINUTE_MS, 5000, 7 * 1440 * MINUTE_MS), 400],
])("the newest 100 of %s are found without reading many more", async (_, times, most) => {
  const { found, queries, read } = await lookBack(times, 100);
  expect(found).toEqual(times.slice(0, 100));
  expect(read).toBeLessThanOrEqual(most);
  expect(queries).toBeLessThan(14);
});

test("where there are few, all are found, back to the first of all times, each once", async () => {
  const times = [NOW.getTime() - 1, NOW.getTime() - 5 * MINUTE_MS, 0];
  expect(await lookBack(times, 100)).toMatchObject({ found: times, read: 3 });
  expect((await lookBack([NOW.getTime()], 100)).found).toEqual([]);
});

test("nothing is looked for further back than is asked for", async () => {
  const times = every(MINUTE_MS, 600);
  expect((await lookBack(times, 1000, 60 * MINUTE_MS)).found).toEqual(times.slice(0, 60));
});
