import { describe, expect, test } from "vitest";
import { judge, regressions } from "../../../../bench/floors/judge.ts";

const floors = { calibration: 2, stages: { extract: 4, classify: 1 } };
const over = (calibration: number, extract: number, classify: number) => {
  const verdicts = judge({ calibration, stages: { extract, classify } }, floors);
  return regressions(verdicts).map(({ stage }) => stage);
};

describe("judge", () => {
  test("a stage may cost a quarter more than its floor, and no more", () => {
    expect(over(2, 4, 1)).toEqual([]);
    expect(over(2, 4, 1.24)).toEqual([]);
    expect(over(2, 4, 1.26)).toEqual(["classify"]);
    expect(over(2, 5.2, 1)).toEqual(["extract"]);
  });

  test("many small increases are one of the article", () => {
    expect(over(2, 5.1, 1.2)).toContain("article");
  });

  test("a machine that is slow for everything makes nothing dearer", () => {
    expect(over(6, 12, 3)).toEqual([]);
    expect(over(1, 4, 1)).toEqual(["extract", "classify", "article"]);
  });

  test("a stage without a floor, or a floor without its stage, is a mistake", () => {
    const stages = { extract: 4, parse: 1 };
    expect(() => judge({ calibration: 2, stages }, floors)).toThrow("parse, classify");
  });
});
