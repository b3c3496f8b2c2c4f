import { expect, test } from "vitest";
import { paceOf } from "../../../bench/rate/pace.ts";
import type { SeenRequest } from "../../../demo/truth.ts";

const request = (path: string, start: number, end: number): SeenRequest => {
  return { host: "a.example", path, start, end, status: 200, kind: "page" };
};

test("the share is that of the rate from article to article, and what comes too soon is counted", () => {
  const feed = request("/rss.xml", 0, 50);
  const seen = [request("/news/1", 2000, 2100), request("/news/2", 2600, 2700)];
  expect(paceOf([feed, ...seen], 500)).toEqual([{ host: "a.example", share: 1, violations: [] }]);
  const slow = request("/news/3", 3900, 4000);
  const [half] = paceOf([feed, ...seen, slow], 500);
  expect(half?.share).toBeCloseTo(600 / 950);
  const soon = request("/news/3", 3000, 3100);
  expect(paceOf([feed, ...seen, soon], 500)[0]?.violations).toHaveLength(1);
});
