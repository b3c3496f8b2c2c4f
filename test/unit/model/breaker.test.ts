import { expect, test } from "vitest";
import { breakerOf } from "../../../model/breaker.ts";

const now = new Date("2026-11-25T12:00:00Z");
const at = (minutes: number) => new Date(now.getTime() + minutes * 60_000);

test("a breaker is open, closed until its time, then half-open until a request decides", () => {
  const fine = { failures: 0, closedUntil: null, closedReason: null };
  expect(breakerOf(fine, now)).toEqual({ state: "open", nextTry: null, cause: null, failures: 0 });
  expect(breakerOf({ ...fine, failures: 3 }, now)).toMatchObject({ state: "open", failures: 3 });
  const shut = { failures: 5, closedUntil: at(2), closedReason: "no answer" };
  const cause = "no answer";
  expect(breakerOf(shut, now)).toEqual({ state: "closed", nextTry: at(2), cause, failures: 5 });
  expect(breakerOf(shut, at(2))).toEqual({ state: "half-open", nextTry: null, cause, failures: 5 });
});
