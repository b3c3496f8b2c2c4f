import { expect, test } from "vitest";
import { STEPS, verdictOf } from "../../../bench/bars/steps.ts";

const barsOf = (name: string, answer: unknown) =>
  STEPS.find((step) => step.name === name)?.bars(answer as never) ?? [];

test("a value reaches its goal, its floor or neither, whichever way is better", () => {
  const bar = { measure: "x", floor: 6, goal: 3 };
  expect([3, 5, 7, Number.NaN].map((value) => verdictOf({ ...bar, value }))).toEqual([
    "goal",
    "floor",
    "missed",
    "-",
  ]);
  const more = { measure: "x", floor: 1, goal: 2, more: true } as const;
  expect([2, 1.5, 0.5].map((value) => verdictOf({ ...more, value }))).toEqual([
    "goal",
    "floor",
    "missed",
  ]);
});

test("ratios are taken of the same round, and a peer that was skipped is no figure", () => {
  const result = { rate: 1, peak: 200, fetches: 1 };
  const round = (own: number, other: number) => [
    { name: "Newsgather", ...result, cpu: own },
    { name: "Scrapy + trafilatura", ...result, cpu: other },
  ];
  const bars = barsOf("peers", { rounds: [round(10, 40), round(90, 180), round(5, 50)] });
  const of = (measure: string) => bars.find((bar) => bar.measure.startsWith(measure))?.value;
  expect(of("worker CPU")).toBe(0.25);
  expect(of("articles/s, of colly's")).toBeNaN();
  expect(of("peak memory")).toBe(200);
});
