import { describe, expect, test } from "vitest";
import { eventOf } from "../../../../articles/matching/fingerprint.ts";
import type { Fingerprint } from "../../../../model/articles/fingerprint.ts";
import { makePrint } from "../../../helpers/prints.ts";

const at = new Date("2026-11-25T08:00:00Z");
const later = (days: number, ms = 0) => new Date(at.getTime() + days * 86_400_000 + ms);

/** An article of a source of its own, whose terms have these weights. */
const report = (
  id: string,
  weights: Record<string, number>,
  overrides: Partial<Fingerprint> = {},
) => makePrint(id, { at, sourceId: id, terms: Object.entries(weights), ...overrides });
const isEvent = (a: Fingerprint, b: Fingerprint) => eventOf(a, b) !== null;

describe("two articles tell of one event", () => {
  const vote = { tallinn: 2, vote: 2, mayor: 2 };

  test("up to three days apart", () => {
    expect(isEvent(report("a", vote), report("b", vote, { at: later(3) }))).toBe(true);
  });

  test("but not longer than three days apart", () => {
    expect(isEvent(report("a", vote), report("b", vote, { at: later(3, 1) }))).toBe(false);
  });

  test("where two shared terms just count as heavy", () => {
    const terms = { tallinn: 1, vote: 1, city: 0.9, mayor: 0.9, day: 0.9 };
    expect(isEvent(report("a", terms), report("b", terms))).toBe(true);
  });

  test("but not where one shared term is heavy, however much it weighs", () => {
    expect(isEvent(report("a", { tallinn: 9 }), report("b", { tallinn: 9 }))).toBe(false);
  });

  test("but not where what they share is little of what they tell", () => {
    const other = (name: string) => ({ ...vote, [`${name} 1`]: 4, [`${name} 2`]: 4 });
    expect(isEvent(report("a", other("a")), report("b", other("b")))).toBe(false);
  });

  test("and of one source only where they share half as much again", () => {
    const few = { tallinn: 2, vote: 2, day: 0.5 };
    const [a, b] = [report("a", few), report("b", few)];
    expect([isEvent(a, b), isEvent(a, { ...b, sourceId: "a" })]).toEqual([true, false]);
  });
});
