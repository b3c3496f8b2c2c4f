import { expect, test } from "vitest";
import { chunksOf } from "../../../lib/async.ts";

test("items come in pieces of a size, the rest last, in order", () => {
  expect(chunksOf([1, 2, 3, 4, 5], 2)).toEqual([[1, 2], [3, 4], [5]]);
  expect(chunksOf([1, 2], 2)).toEqual([[1, 2]]);
  expect(chunksOf([], 2)).toEqual([]);
});
