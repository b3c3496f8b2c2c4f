import { expect, test } from "vitest";
import { inTurn } from "../../../../workers/maintain/maintain.ts";

const IDS = Array.from({ length: 137 }, (_, n) => `s${n}`);

/** The sources whose turn it is in each minute of an hour from then. */
const turnsFrom = (start: string) =>
  Array.from({ length: 60 }, (_, minute) =>
    inTurn(IDS, new Date(Date.parse(start) + minute * 60_000)),
  );

test("each source has its turn once in an hour, whenever the hour begins", () => {
  for (const start of [
    "2026-11-25T07:00:00Z",
    "2026-11-25T07:23:11Z",
    "2026-11-25T23:59:59.999Z",
  ]) {
    expect(turnsFrom(start).flat().toSorted()).toEqual(IDS.toSorted());
  }
});

test("the turns are spread evenly: two or three of 137 sources a minute", () => {
  const sizes = turnsFrom("2026-11-25T07:23:11Z").map(({ length }) => length);
  expect(new Set(sizes)).toEqual(new Set([2, 3]));
});

test("the turn of a source lasts the whole minute", () => {
  const [first, last] = ["2026-11-25T07:23:00Z", "2026-11-25T07:23:59.999Z"];
  expect(inTurn(IDS, new Date(first))).toEqual(inTurn(IDS, new Date(last)));
});

test("the turn of a source comes in the same minute of every hour", () => {
  expect(turnsFrom("2026-11-25T07:23:11Z")).toEqual(turnsFrom("2026-11-25T08:23:11Z"));
});

test("no source has a turn where there is none", () => {
  expect(inTurn([], new Date("2026-11-25T07:23:11Z"))).toEqual([]);
});
