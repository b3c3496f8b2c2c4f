import { describe, expect, onTestFinished, test, vi } from "vitest";
import { Batcher, batchedLoader, batchesOf } from "../../../lib/async.ts";
import { sleep } from "../../../lib/time.ts";

/** Longer than any test waits. */
const NEVER = 3_600_000;

/** Stops the clock and all timers; the test then moves them on. */
function stopTimers(): void {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
}

describe("Batcher", () => {
  test("items that come together are flushed together, each with its own answer", async () => {
    stopTimers();
    const batches: number[][] = [];
    const batcher = new Batcher<number, number>({ size: 10, ms: 5 }, async (items) => {
      batches.push(items);
      return items.map((item) => item * 2);
    });
    const first = [1, 2, 3].map((item) => batcher.add(item));
    await vi.runAllTimersAsync();
    const alone = batcher.add(4);
    await vi.runAllTimersAsync();
    expect(await Promise.all([...first, alone])).toEqual([2, 4, 6, 8]);
    expect(batches).toEqual([[1, 2, 3], [4]]);
  });

  test("a full batch doesn't wait, and none is larger", async () => {
    const sizes: number[] = [];
    const batcher = new Batcher<number, number>({ size: 4, ms: NEVER }, async (items) => {
      sizes.push(items.length);
      return items;
    });
    await Promise.all([1, 2, 3, 4].map((item) => batcher.add(item)));
    expect(sizes).toEqual([4]);
    await Promise.all(Array.from({ length: 12 }, (_, item) => batcher.add(item)));
    expect(sizes).toEqual([4, 4, 4, 4]);
  });

  test("batches are flushed one after the other, in the order of their items", async () => {
    let running = 0;
    const seen: number[] = [];
    const batcher = new Batcher<number, number>({ size: 2, ms: 1 }, async (items) => {
      running++;
      expect(running).toBe(1);
      await sleep(5);
      seen.push(...items);
      running--;
      return items;
    });
    const items = [0, 1, 2, 3, 4, 5, 6];
    await Promise.all(items.map((item) => batcher.add(item)));
    expect(seen).toEqual(items);
  });

  test("what came while a batch was flushed waits for company, too", async () => {
    stopTimers();
    const batches: string[][] = [];
    const batcher = new Batcher<string, string>({ size: 3, ms: 200 }, async (items) => {
      batches.push(items);
      await sleep(20);
      return items;
    });
    const first = ["a", "b", "c"].map((item) => batcher.add(item));
    const early = batcher.add("d");
    await vi.advanceTimersByTimeAsync(70);
    await Promise.all(first);
    const late = batcher.add("e");
    await vi.runAllTimersAsync();
    await Promise.all([early, late]);
    expect(batches).toEqual([
      ["a", "b", "c"],
      ["d", "e"],
    ]);
  });

  test("an error rejects its batch only; the next one is flushed", async () => {
    const batcher = new Batcher<string, string>({ size: 2, ms: 1 }, async (items) => {
      if (items.includes("bad")) throw new Error("refused");
      return items;
    });
    const results = await Promise.allSettled(
      ["a", "bad", "b", "c", "d"].map((item) => batcher.add(item)),
    );
    expect(results.map(({ status }) => status)).toEqual([
      "rejected",
      "rejected",
      "fulfilled",
      "fulfilled",
      "fulfilled",
    ]);
  });
});

test("what is asked for together is loaded together, each key once", async () => {
  stopTimers();
  const loads: string[][] = [];
  const get = batchedLoader((keys) => {
    loads.push(keys);
    return Promise.resolve(new Map(keys.filter((key) => key !== "none").map((key) => [key, key])));
  });
  const values = Promise.all(["a", "b", "a", "none"].map(get));
  await vi.runAllTimersAsync();
  expect(await values).toEqual(["a", "b", "a", null]);
  expect(loads).toEqual([["a", "b", "none"]]);
});

test.each([
  [5, [2, 2, 1]],
  [4, [2, 2]],
  [0, []],
])("a stream of %d items has batches of 2, only the last one shorter", async (count, sizes) => {
  async function* items() {
    for (let n = 0; n < count; n++) yield n;
  }
  const found: number[] = [];
  for await (const batch of batchesOf(items(), 2)) found.push(batch.length);
  expect(found).toEqual(sizes);
});
