import { expect, test } from "vitest";
import { breakerOf } from "../../../../model/crawl/host.ts";

const now = new Date("2026-11-25T12:00:00Z");
const at = (minutes: number) => new Date(now.getTime() + minutes * 60_000);

test("a breaker is closed, open until its time, then half-open until a request decides", () => {
  const fine = { failures: 0, openUntil: null, openReason: null };
  expect(breakerOf(fine, now)).toEqual({
    state: "closed",
    nextTry: null,
    cause: null,
    failures: 0,
  });
  expect(breakerOf({ ...fine, failures: 3 }, now)).toMatchObject({ state: "closed", failures: 3 });
  const shut = { failures: 5, openUntil: at(2), openReason: "no answer" };
  const cause = "no answer";
  expect(breakerOf(shut, now)).toEqual({ state: "open", nextTry: at(2), cause, failures: 5 });
  expect(breakerOf(shut, at(2))).toEqual({ state: "half-open", nextTry: null, cause, failures: 5 });
});
