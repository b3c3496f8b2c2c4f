import { expect, test } from "vitest";
import { inTurn } from "../../../workers/retain.ts";

test("in an hour each source has its turn once", () => {
  const ids = Array.from({ length: 137 }, (_, n) => `s${n}`);
  const start = Date.parse("2026-11-25T07:23:11Z");
  const turns = Array.from({ length: 60 }, (_, n) => inTurn(ids, new Date(start + n * 60_000)));
  expect(turns.flat().toSorted()).toEqual(ids.toSorted());
  expect(Math.max(...turns.map(({ length }) => length))).toBe(3);
});
