import { describe, expect, test } from "vitest";
import { nearest } from "../../../lib/nearest.ts";

const PARAMETERS = ["cursor", "limit", "source", "topic", "country", "language", "since", "q"];

describe("nearest", () => {
  test.each([
    ["tpoic", "topic"],
    ["contry", "country"],
    ["langage", "language"],
    ["sorce", "source"],
    ["Topic", "topic"],
    ["lim", "limit"],
  ])("%s is taken for %s", (word, meant) => {
    expect(nearest(word, PARAMETERS)).toBe(meant);
  });

  test.each(["", "  ", "utm_source", "zzz", "x"])("nothing is near to %j", (word) => {
    expect(nearest(word, PARAMETERS)).toBeNull();
  });

  test("the fewest edits win, whatever the order", () => {
    expect(nearest("leads", ["ledes", "leeds", "reads"])).toBe("leeds");
    expect(nearest("dovr", ["dove-valley", "dover", "drover"])).toBe("dover");
  });

  test("a beginning names the only word that has it, not one of several", () => {
    expect(nearest("egov", ["smart-city", "egovernment"])).toBe("egovernment");
    expect(nearest("egov", ["egovernment", "egovernance"])).toBeNull();
  });

  test("the known word is given as it is written", () => {
    expect(nearest("GUANGDONGG", ["Guangxi", "Guangdong"])).toBe("Guangdong");
  });

  test("ten thousand words take no noticeable time", () => {
    const words = Array.from({ length: 10_000 }, (_, at) => `source-number-${at}`);
    expect(nearest("source-nunber-9999", words)).toBe("source-number-9999");
  });
});
