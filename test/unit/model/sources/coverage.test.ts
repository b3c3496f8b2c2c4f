import { describe, expect, it } from "vitest";
import {
  addCoverage,
  budgetOf,
  emptyCoverage,
  shareText,
} from "../../../../model/sources/coverage.ts";

const counts = (inTime: number, late: number, missing: number) => ({
  ...emptyCoverage(),
  inTime,
  late,
  missing,
});

describe("The error budget", () => {
  it("is whole while nothing is late or missing", () => {
    const budget = budgetOf(counts(500, 0, 0), { share: 0.99 });
    expect(budget).toEqual({ covered: 1, inTime: 1, allowed: 5, spent: 0, remaining: 1 });
  });

  it("is spent by what is late as by what is missing", () => {
    const budget = budgetOf(counts(996, 3, 1), { share: 0.99 });
    expect(budget).toMatchObject({ covered: 0.999, inTime: 0.996, allowed: 10, spent: 4 });
    expect(budget.remaining).toBeCloseTo(0.6);
  });

  it("is just used up when the objective is just met", () => {
    expect(budgetOf(counts(99, 0, 1), { share: 0.99 }).remaining).toBe(0);
  });

  it("is negative once the objective is missed", () => {
    expect(budgetOf(counts(97, 0, 3), { share: 0.99 }).remaining).toBe(-2);
  });

  it("allows nothing where all is to be found", () => {
    expect(budgetOf(counts(100, 0, 0), { share: 1 }).remaining).toBe(1);
    expect(budgetOf(counts(99, 1, 0), { share: 1 }).remaining).toBe(-1);
  });

  it("is whole, without a figure, where nothing was announced", () => {
    const budget = budgetOf(emptyCoverage(), { share: 0.99 });
    expect(budget).toMatchObject({ covered: null, inTime: null, remaining: 1 });
  });

  it("doesn't count what is left out on purpose", () => {
    const excluded = { robots: 50 };
    expect(budgetOf({ ...counts(10, 0, 0), excluded }, { share: 0.99 }).inTime).toBe(1);
  });
});

describe("Coverage", () => {
  it("of several days is the sum of their counts", () => {
    const first = { ...counts(1, 2, 3), excluded: { gone: 1 }, completeness: { full: 3 } };
    const second = { ...counts(4, 0, 1), excluded: { gone: 2, robots: 1 }, completeness: {} };
    expect(addCoverage([first, second])).toEqual({
      ...counts(5, 2, 4),
      excluded: { gone: 3, robots: 1 },
      completeness: { full: 3 },
    });
  });

  it.each([
    [0.9999, "99.9 %"],
    [1, "100 %"],
    [0.29, "29 %"],
    [null, "–"],
  ])("of %s is shown as %s", (share, text) => {
    expect(shareText(share)).toBe(text);
  });
});
