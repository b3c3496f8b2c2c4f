import { expect, test } from "vitest";
import { piecesOf } from "../../../lib/async.ts";

test("items come in pieces of a size, the rest last, in order", () => {
  expect(piecesOf([1, 2, 3, 4, 5], 2)).toEqual([[1, 2], [3, 4], [5]]);
  expect(piecesOf([1, 2], 2)).toEqual([[1, 2]]);
  expect(piecesOf([], 2)).toEqual([]);
});
