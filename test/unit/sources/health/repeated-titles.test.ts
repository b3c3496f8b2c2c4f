import { expect, test } from "vitest";
import { repeatedTitles } from "../../../../sources/health/drift.ts";

test("the latest articles that share a title are counted", () => {
  const titles = Array.from({ length: 9 }, (_, n) => (n < 6 ? `title ${n}` : "The Gazette"));
  expect(repeatedTitles(titles, 3)).toBe(3);
  expect(repeatedTitles(titles.slice(0, 6), 3)).toBe(0);
  expect(repeatedTitles([], 0)).toBe(0);
});
