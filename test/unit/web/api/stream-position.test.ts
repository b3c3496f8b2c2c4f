import { describe, expect, test } from "vitest";
import { changesCursor } from "../../../../articles/stream/cursor.ts";
import type { Change } from "../../../../model/publish/change.ts";
import { checkWhole, startOf } from "../../../../web/api/stream-position.ts";

/** A stream whose newest change is 9; it was restored at change 5 and, later, at change 3. */
const stream = {
  seq: 9,
  restores: [
    { epoch: 1, seq: 5 },
    { epoch: 2, seq: 3 },
  ],
};
const start = (seq: number, epoch: number) => startOf(changesCursor({ seq, epoch }), stream);
const EXPIRED = expect.objectContaining({ status: 410, code: "cursor-expired" });
const BAD = expect.objectContaining({ status: 400, code: "bad-cursor" });

describe("a cursor", () => {
  test("that is `latest` goes on behind the newest change", () => {
    expect(startOf("latest", stream)).toBe(9);
  });

  test("of the newest change goes on behind it", () => {
    expect(start(9, 2)).toBe(9);
  });

  test("ahead of the stream is refused", () => {
    expect(() => start(10, 2)).toThrow(BAD);
  });

  test("from after a restore that this store never had expires", () => {
    expect(() => start(2, 3)).toThrow(EXPIRED);
  });

  test("from before a restore goes on where it read no further than the backup", () => {
    expect([start(3, 0), start(3, 1)]).toEqual([3, 3]);
  });

  test("from before a restore expires where it read beyond the backup", () => {
    expect(() => start(4, 1)).toThrow(EXPIRED);
  });

  test("from before two restores expires by the older backup", () => {
    expect(() => start(4, 0)).toThrow(EXPIRED);
  });

  test("from between two restores expires by the later one alone", () => {
    expect(
      startOf(changesCursor({ seq: 5, epoch: 1 }), {
        seq: 9,
        restores: [
          { epoch: 1, seq: 3 },
          { epoch: 2, seq: 6 },
        ],
      }),
    ).toBe(5);
  });
});

describe("what follows a place in the stream", () => {
  const changes = (...seqs: number[]) => seqs.map((seq) => ({ seq })) as Change[];

  test("is whole where the next change is there", () => {
    expect(() => checkWhole(changes(5, 6), 4, 9)).not.toThrow();
  });

  test("is whole where nothing was to follow", () => {
    expect(() => checkWhole([], 9, 9)).not.toThrow();
  });

  test("is expired where the next change is gone", () => {
    expect(() => checkWhole(changes(6, 7), 4, 9)).toThrow(EXPIRED);
  });

  test("is expired where all changes up to the head are gone", () => {
    expect(() => checkWhole([], 8, 9)).toThrow(EXPIRED);
  });
});
