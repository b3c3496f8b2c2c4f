import { describe, expect, test } from "vitest";
import { judge, regressions } from "../../../../bench/floors/judge.ts";

const line = { calibration: 5, stages: { store: 0.1 } };
const floors = { pure: { calibration: 2, stages: { extract: 4, classify: 1 } }, line };
const over = (calibration: number, extract: number, classify: number) => {
  const verdicts = judge({ pure: { calibration, stages: { extract, classify } }, line }, floors);
  return regressions(verdicts).map(({ stage }) => stage);
};

describe("judge", () => {
  test("a stage may cost a quarter more than its floor, and no more", () => {
    expect(over(2, 4, 1)).toEqual([]);
    expect(over(2, 4, 1.24)).toEqual([]);
    expect(over(2, 4, 1.26)).toEqual(["classify"]);
    expect(over(2, 5.2, 1)).toEqual(["extract"]);
  });

  test("some hundredths of a millisecond are no regress of a stage that takes little more", () => {
    const of = (charset: number) => {
      const verdicts = judge(
        { pure: { calibration: 2, stages: { charset } }, line },
        { pure: { calibration: 2, stages: { charset: 0.13 } }, line },
      );
      return regressions(verdicts).map(({ stage }) => stage);
    };
    expect(of(0.2)).toEqual([]);
    expect(of(0.24)).toContain("charset");
  });

  test("many small increases are one of the article", () => {
    expect(over(2, 5.1, 1.2)).toContain("article");
  });

  test("a machine that is slow for everything makes nothing dearer", () => {
    expect(over(6, 12, 3)).toEqual([]);
    expect(over(1, 4, 1)).toEqual(["extract", "classify", "article"]);
  });

  test("stages of the line are held beside their own calibration", () => {
    const known = { ...floors, line: { calibration: 5, stages: { store: 1 } } };
    const of = (calibration: number, store: number) => {
      const verdicts = judge({ ...floors, line: { calibration, stages: { store } } }, known);
      return regressions(verdicts).map(({ stage }) => stage);
    };
    expect(of(10, 2.4)).toEqual([]);
    expect(of(10, 2.6)).toEqual(["store"]);
    expect(of(5, 1.4)).toEqual(["store"]);
  });

  test("what is part of another stage doesn't count twice for an article", () => {
    const pure = (decide: number) => ({ calibration: 2, stages: { extract: 4, decide } });
    const verdicts = judge({ pure: pure(30), line }, { pure: pure(10), line });
    expect(regressions(verdicts).map(({ stage }) => stage)).toEqual(["decide"]);
  });

  test("a stage without a floor, or a floor without its stage, is a mistake", () => {
    const stages = { extract: 4, parse: 1 };
    const pure = { calibration: 2, stages };
    expect(() => judge({ pure, line }, floors)).toThrow("parse, classify");
  });
});
