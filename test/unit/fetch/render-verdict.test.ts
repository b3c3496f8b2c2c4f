import { describe, expect, test } from "vitest";
import {
  httpWouldDo,
  isStale,
  laneOf,
  needsBrowser,
  pageType,
  remember,
} from "../../../fetch/render-verdict.ts";

const DAY = 86_400_000;
const now = new Date("2026-03-02T12:00:00Z");
const after = (days: number) => new Date(now.getTime() + days * DAY);

describe("needsBrowser", () => {
  test.each([
    [{ kind: "app-shell", words: 0, scripts: 3 }, true],
    [{ kind: "article", words: 5, scripts: 9 }, true],
    [{ kind: "article", words: 5, scripts: 0 }, false],
    [{ kind: "article", words: 300, scripts: 40 }, false],
    [{ kind: "consent", words: 0, scripts: 5 }, false],
    [{ kind: "captcha", words: 0, scripts: 5 }, false],
    [{ kind: "error", words: 0, scripts: 5 }, false],
  ] as const)("%o -> %s", (facts, expected) => {
    expect(needsBrowser(facts)).toBe(expected);
  });
});

const facts = (words: number) => ({ kind: "article", words, scripts: 1 }) as const;

describe("memory", () => {
  test("the browser is used while its verdict holds, then HTTP is tried again", () => {
    const memory = remember(undefined, "browser", now);
    expect(memory).toEqual({ lane: "browser", at: now, checks: 0 });
    expect(laneOf(undefined, now)).toBe("http");
    expect(laneOf(memory, after(0.9))).toBe("browser");
    expect(laneOf(memory, after(1))).toBe("http");
  });

  test("a verdict that is confirmed holds twice as long, up to thirty days", () => {
    let memory = remember(undefined, "browser", now);
    const held: number[] = [];
    for (let check = 0; check < 7; check++) {
      let days = 0;
      while (!isStale(memory, new Date(memory.at.getTime() + days * DAY))) days += 1;
      held.push(days);
      memory = remember(memory, "browser", new Date(memory.at.getTime() + days * DAY));
    }
    expect(held).toEqual([1, 2, 4, 8, 16, 30, 30]);
  });

  test("a fresh confirmation changes nothing, another verdict starts anew", () => {
    const memory = { lane: "browser", at: now, checks: 3 } as const;
    expect(remember(memory, "browser", after(2))).toBe(memory);
    expect(remember(memory, "http", after(2))).toEqual({ lane: "http", at: after(2), checks: 0 });
  });

  test("HTTP would have done when it has most of the words", () => {
    expect(httpWouldDo(facts(400), facts(450))).toBe(true);
    expect(httpWouldDo(facts(150), facts(450))).toBe(false);
    expect(httpWouldDo(facts(30), facts(30))).toBe(false);
  });
});

test("pages of one type share a key that the store can keep", () => {
  const one = pageType("gazette", "https://g.example/news/2026/03/council-opens-portal.html");
  expect(one).toBe("gazette/news/0/0/x");
  expect(pageType("gazette", "https://g.example/news/2025/11/other.html?a=1")).toBe(one);
  expect(pageType("gazette", "https://g.example/v1.2/x")).toBe("gazette/v1_2/x");
  expect(pageType("gazette", "https://g.example/")).toBe("gazette/");
});
