import { expect, test } from "vitest";
import { publishedBy } from "../../../../articles/revisions/draft.ts";

const FIRST_SEEN = new Date("2026-11-25T10:00:00Z");
const rules = { extractor: "1", sourceVersion: 1 };
const now = { ...rules, firstSeenAt: FIRST_SEEN, captureId: "next" };
const stated = (at: string | null) => ({
  publishedAt: at === null ? null : new Date(at),
  publishedPrecision: "instant" as const,
});
const before = (at: string | null, overrides: object = {}) => ({
  ...stated(at),
  ...rules,
  captureId: "first",
  ...overrides,
});
const publishedAtOf = (said: string | null, was: ReturnType<typeof before> | null) =>
  publishedBy(stated(said), was, now).publishedAt?.toISOString() ?? null;

test.each([
  ["2026-11-25T08:00:00Z", "2026-11-25T08:00:00.000Z"],
  ["2026-12-25T08:00:00Z", FIRST_SEEN.toISOString()],
  ["2019-01-01T00:00:00Z", "2019-01-01T00:00:00.000Z"],
  [null, null],
])("a first look at %s believes %s", (said, want) => {
  expect(publishedAtOf(said, null)).toBe(want);
});

test.each([
  // The date of the request, a relaunch, a decade ago, none any more: it stays where it was.
  ["2026-11-28T12:00:00Z", "2026-11-24T08:00:00.000Z"],
  ["2016-11-24T08:00:00Z", "2026-11-24T08:00:00.000Z"],
  ["2026-11-23T07:00:00Z", "2026-11-24T08:00:00.000Z"],
  [null, "2026-11-24T08:00:00.000Z"],
  ["2026-11-24T07:59:00Z", "2026-11-24T08:00:00.000Z"],
  // A date that is put right.
  ["2026-11-25T09:59:00Z", "2026-11-25T09:59:00.000Z"],
])("published on 24 November, then %s: %s", (said, want) => {
  expect(publishedAtOf(said, before("2026-11-24T08:00:00Z"))).toBe(want);
});

test("dates that jump to and fro come to rest", () => {
  const jumps = [
    "2026-11-24",
    "1999-01-01",
    "2026-11-25",
    "2027-05-05",
    "2012-02-02",
    "2026-11-24",
  ];
  let was: ReturnType<typeof before> | null = null;
  const seen = [...jumps, ...jumps].map((said) => {
    was = before(publishedAtOf(said, was));
    return was.publishedAt?.toISOString().slice(0, 10);
  });
  expect(new Set(seen)).toEqual(new Set(["2026-11-24", "2026-11-25"]));
  expect(new Set(seen.slice(6))).toEqual(new Set(["2026-11-25"]));
});

test("a day gets its hour, whatever zone it was meant in", () => {
  const was = before("2026-11-24T00:00:00Z", { publishedPrecision: "day" });
  expect(publishedAtOf("2026-11-23T23:30:00Z", was)).toBe("2026-11-23T23:30:00.000Z");
  expect(publishedAtOf("2026-11-22T23:30:00Z", was)).toBe("2026-11-24T00:00:00.000Z");
});

test("other rules of ours, or the same response read again, are no jump", () => {
  const said = "2016-11-24T08:00:00Z";
  for (const other of [{ extractor: "0" }, { sourceVersion: 2 }, { captureId: "next" }]) {
    expect(publishedAtOf(said, before("2026-11-24T08:00:00Z", other))).toBe(
      "2016-11-24T08:00:00.000Z",
    );
  }
});
