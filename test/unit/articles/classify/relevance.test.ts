import { expect, test } from "vitest";
import { relevanceOf } from "../../../../articles/classify/classify.ts";
import type { TopicVerdict } from "../../../../model/articles/classification.ts";

const verdictOf = (score: number): TopicVerdict => ({
  id: "ai",
  score,
  because: "keywords",
  hits: [],
});
const known = { declared: [], country: null, trust: 0, min: 0 };

test("nothing known is 0, everything known is at most 1", () => {
  expect(relevanceOf({ topics: [], ...known }).score).toBe(0);
  const all = { declared: ["ai"], country: "DE", trust: 1, min: 0 };
  expect(relevanceOf({ topics: [verdictOf(1000)], ...all }).score).toBe(1);
});

test("more said is more relevant; topics that are only declared add nothing twice", () => {
  const [one, two] = [3, 6].map(
    (score) => relevanceOf({ topics: [verdictOf(score)], ...known }).score,
  );
  expect(two).toBeGreaterThan(one ?? 1);
  const declared: TopicVerdict = { id: "ai", score: 0, because: "declared", hits: [] };
  expect(relevanceOf({ topics: [declared], ...known, declared: ["ai"] }).score).toBe(0.15);
});

test("an article on a topic passes a threshold that one off topic of the same source fails", () => {
  const source = { declared: ["ai"], country: "DE", trust: 0.5, min: 0.3 };
  expect(relevanceOf({ topics: [], ...source }).score).toBeLessThan(0.3);
  expect(relevanceOf({ topics: [verdictOf(3)], ...source }).score).toBeGreaterThan(0.3);
});

test("the parts add up to the score", () => {
  const { score, parts } = relevanceOf({
    topics: [verdictOf(4)],
    ...known,
    declared: ["ai"],
    country: "FR",
    trust: 0.4,
  });
  const sum = Object.values(parts).reduce((all, part) => all + part, 0);
  expect(score).toBeCloseTo(sum, 1);
});
