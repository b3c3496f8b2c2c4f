import { expect, test } from "vitest";
import {
  changesCursor,
  listingCursor,
  readChangesCursor,
  readListingCursor,
} from "../../../publish/cursor.ts";

test("a cursor gives back the place it was made of", () => {
  const place = { sortAt: new Date("2026-11-25T08:00:00.123Z"), id: "0af3" };
  expect(readListingCursor(listingCursor(place))).toEqual(place);
  for (const at of [
    { seq: 1234, epoch: 0 },
    { seq: 7, epoch: 3 },
  ]) {
    expect(readChangesCursor(changesCursor(at))).toEqual(at);
  }
});

test.each([
  "",
  "x",
  "%00",
  changesCursor({ seq: -1, epoch: 0 }),
  changesCursor({ seq: 1.5, epoch: 1 }),
  "bGlzdDo6",
])("%j is no cursor: 400 that says what to do", (cursor) => {
  const problem = { status: 400, code: "bad-cursor" };
  expect(() => readChangesCursor(cursor)).toThrow(expect.objectContaining(problem));
  expect(() => readListingCursor(cursor)).toThrow(expect.objectContaining(problem));
});

test("a cursor of the stream is none of a list, and the other way round", () => {
  const place = { sortAt: new Date(0), id: "a" };
  expect(() => readListingCursor(changesCursor({ seq: 1, epoch: 0 }))).toThrow(/start again/);
  expect(() => readChangesCursor(listingCursor(place))).toThrow(/start again/);
});
