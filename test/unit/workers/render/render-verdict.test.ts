import { describe, expect, test } from "vitest";
import { DAY_MS } from "../../../../lib/time.ts";
import {
  afterRender,
  confirmed,
  isStale,
  mayFill,
  needsBrowser,
  pageType,
} from "../../../../workers/render/render-lane.ts";

const now = new Date("2026-03-02T12:00:00Z");
const after = (days: number) => new Date(now.getTime() + days * DAY_MS);

describe("memory", () => {
  test("the browser is used while its verdict holds, then HTTP is tried again", () => {
    const memory = confirmed(undefined, now);
    expect(memory).toEqual({ at: now, checks: 0 });
    expect(needsBrowser(undefined, now)).toBe(false);
    expect(needsBrowser(memory, after(0.9))).toBe(true);
    expect(needsBrowser(memory, after(1))).toBe(false);
  });

  test("a verdict that is confirmed holds twice as long, up to thirty days", () => {
    let memory = confirmed(undefined, now);
    const waits: number[] = [];
    for (let check = 0; check < 7; check++) {
      let days = 0;
      while (!isStale(memory, new Date(memory.at.getTime() + days * DAY_MS))) days += 1;
      waits.push(days);
      memory = confirmed(memory, new Date(memory.at.getTime() + days * DAY_MS));
    }
    expect(waits).toEqual([1, 2, 4, 8, 16, 30, 30]);
  });

  test("a fresh confirmation changes nothing", () => {
    const memory = { at: now, checks: 3 };
    expect(confirmed(memory, after(2))).toBe(memory);
  });
});

describe("pages that stay empty in the browser", () => {
  const known = confirmed(undefined, now);
  const after3 = [1, 2, 3].reduce((memory) => afterRender(memory, false) ?? memory, known);

  test("leave the type to the browser until three in a row did", () => {
    const after2 = [1, 2].reduce((memory) => afterRender(memory, false) ?? memory, known);
    expect([after2, after3].map((memory) => needsBrowser(memory, now))).toEqual([true, false]);
    expect([after2, after3].map((memory) => mayFill(memory, now))).toEqual([true, false]);
  });

  test("count no more after the third", () => {
    expect(afterRender(after3, false)).toBeNull();
  });

  test("don't count once one is filled", () => {
    expect(afterRender(after3, true)).toEqual(known);
  });

  test("are given another try when the verdict is old", () => {
    expect(mayFill(after3, after(1))).toBe(true);
    expect(mayFill(confirmed({ ...after3 }, after(1)), after(1))).toBe(true);
  });
});

test("pages of one type share a key that the store can keep", () => {
  const one = pageType("gazette", "https://g.example/news/2026/03/council-opens-portal.html");
  expect(one).toBe("gazette/news/0/0/x");
  expect(pageType("gazette", "https://g.example/news/2025/11/other.html?a=1")).toBe(one);
  expect(pageType("gazette", "https://g.example/v1.2/x")).toBe("gazette/v1_2/x");
  expect(pageType("gazette", "https://g.example/")).toBe("gazette/");
});
