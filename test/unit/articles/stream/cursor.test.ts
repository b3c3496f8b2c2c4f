import { expect, test } from "vitest";
import {
  changesCursor,
  listingCursor,
  readChangesCursor,
  readListingCursor,
  readSnapshotCursor,
  snapshotCursor,
} from "../../../../articles/stream/cursor.ts";

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

test("a cursor in a list gives back a time before 1970", () => {
  const place = { sortAt: new Date("1969-07-20T20:17:40Z"), id: "moon" };
  expect(readListingCursor(listingCursor(place))).toEqual(place);
});

test("a cursor of a snapshot gives back its places in the stream and in the list", () => {
  const [stream, list] = [
    { seq: 1234, epoch: 2 },
    { sortAt: new Date(5), id: "0af3" },
  ];
  expect(readSnapshotCursor(snapshotCursor(stream, list))).toEqual({ stream, list });
});

test("a cursor of the stream is none of a snapshot", () => {
  const problem = { status: 400, code: "bad-cursor" };
  expect(() => readSnapshotCursor(changesCursor({ seq: 1, epoch: 0 }))).toThrow(
    expect.objectContaining(problem),
  );
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
  expect(() => readListingCursor(changesCursor({ seq: 1, epoch: 0 }))).toThrow(
    /isn't a cursor of this server/,
  );
  expect(() => readChangesCursor(listingCursor(place))).toThrow(/isn't a cursor of this server/);
});
