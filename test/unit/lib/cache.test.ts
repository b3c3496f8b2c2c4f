import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { awaitAll, cached, cachedPer, setBounded } from "../../../lib/async.ts";

beforeEach(() => void vi.useFakeTimers({ toFake: ["Date"] }));
afterEach(() => void vi.useRealTimers());

function counting(load = async (key: string) => key) {
  const loads: string[] = [];
  const cache = cached(
    (key) => {
      loads.push(key);
      return load(key);
    },
    { ttl: 1000, size: 2 },
  );
  return { cache, loads };
}

describe("cached", () => {
  test("one load serves all who ask within its time, also at once", async () => {
    const { cache, loads } = counting();
    expect(await Promise.all([cache.get("a"), cache.get("a")])).toEqual(["a", "a"]);
    vi.setSystemTime(Date.now() + 999);
    await cache.get("a");
    expect(loads).toEqual(["a"]);
    vi.setSystemTime(Date.now() + 2);
    await cache.get("a");
    expect(loads).toEqual(["a", "a"]);
  });

  test("what is forgotten is loaded again", async () => {
    const { cache, loads } = counting();
    await cache.get("a");
    cache.forget("a");
    await cache.get("a");
    expect(loads).toEqual(["a", "a"]);
  });

  test("it holds so many answers and drops the oldest", async () => {
    const { cache, loads } = counting();
    for (const key of ["a", "b", "c", "b", "c", "a"]) await cache.get(key);
    expect(loads).toEqual(["a", "b", "c", "a"]);
  });

  test("answers that weigh more than the others leave room for fewer", async () => {
    const loads: string[] = [];
    const load = async (key: string) => (loads.push(key), key);
    const cache = cached(load, { ttl: 1000, size: 10, weigh: ({ length }) => length });
    for (const key of ["a", "b", "a".repeat(9), "b", "a"]) await cache.get(key);
    expect(loads).toEqual(["a", "b", "a".repeat(9), "a"]);
  });

  test("an answer that weighs more than the cache holds is not kept", async () => {
    const loads: string[] = [];
    const load = async (key: string) => (loads.push(key), key);
    const cache = cached(load, { ttl: 1000, size: 10, weigh: ({ length }) => length });
    for (const key of ["large".repeat(9), "large".repeat(9)]) await cache.get(key);
    expect(loads).toHaveLength(2);
  });

  test("a failed load is tried again", async () => {
    let fails = true;
    const { cache } = counting(async (key) => {
      if (fails) throw new Error("away");
      return key;
    });
    await expect(cache.get("a")).rejects.toThrow("away");
    fails = false;
    expect(await cache.get("a")).toBe("a");
  });

  test("a load that fails late doesn't drop the newer one", async () => {
    const answers: ((error: Error | null) => void)[] = [];
    const { cache, loads } = counting(
      (key) =>
        new Promise((resolve, reject) => {
          answers.push((error) => (error ? reject(error) : resolve(key)));
        }),
    );
    const first = cache.get("a");
    cache.forget("a");
    const second = cache.get("a");
    answers[1]?.(null);
    await second;
    answers[0]?.(new Error("late"));
    await expect(first).rejects.toThrow("late");
    await cache.get("a");
    expect(loads).toHaveLength(2);
  });
});

describe("cachedPer", () => {
  test("each owner has a cache of its own", async () => {
    const loads: string[] = [];
    const load = async ({ name }: { name: string }, key: string) => {
      loads.push(`${name} ${key}`);
      return `${name} ${key}`;
    };
    const get = cachedPer(load, { ttl: 1000, size: 2 });
    const [ann, bob] = [{ name: "ann" }, { name: "bob" }];
    expect(await Promise.all([get(ann, "a"), get(bob, "a"), get(ann, "a")])).toEqual([
      "ann a",
      "bob a",
      "ann a",
    ]);
    expect(loads).toEqual(["ann a", "bob a"]);
  });
});

describe("awaitAll", () => {
  test("it names what all values became", async () => {
    const all = { one: Promise.resolve(1), two: 2 };
    expect(await awaitAll(all)).toEqual({ one: 1, two: 2 });
  });

  test("it fails as soon as one value does", async () => {
    const never = new Promise(() => {});
    await expect(awaitAll({ never, failed: Promise.reject(new Error("no")) })).rejects.toThrow(
      "no",
    );
  });
});

test("a bounded map gives back the value that had to go", () => {
  const map = new Map<string, number>();
  expect([setBounded(map, "a", 1, 2), setBounded(map, "b", 2, 2)]).toEqual([undefined, undefined]);
  setBounded(map, "a", 3, 2);
  expect(setBounded(map, "c", 4, 2)).toBe(2);
  expect([...map]).toEqual([
    ["a", 3],
    ["c", 4],
  ]);
});
