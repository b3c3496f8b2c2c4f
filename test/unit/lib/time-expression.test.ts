import { describe, expect, test } from "vitest";
import { parseTimeSpan } from "../../../lib/time-expression.ts";

const NOW = new Date("2026-11-28T09:30:15.250Z");

const span = (text: string, timeZone?: string) => {
  const read = parseTimeSpan(text, NOW, { timeZone });
  return read && [read.start.toISOString(), read.end.toISOString()];
};

const startOf = (text: string, timeZone?: string) => parseTimeSpan(text, NOW, { timeZone })?.start;

describe("a moment", () => {
  test.each([
    ["now", "2026-11-28T09:30:15.250Z"],
    ["90m", "2026-11-28T08:00:15.250Z"],
    ["7d", "2026-11-21T09:30:15.250Z"],
    ["2w", "2026-11-14T09:30:15.250Z"],
    ["1.5h", "2026-11-28T08:00:15.250Z"],
    ["2026-11-25T08:00:00Z", "2026-11-25T08:00:00.000Z"],
    ["2026-11-25T08:00:00.5+02:00", "2026-11-25T06:00:00.500Z"],
    ["2026-11-25T08:00-0330", "2026-11-25T11:30:00.000Z"],
    ["2026-11-25 08:00", "2026-11-25T08:00:00.000Z"],
    [" Yesterday ", "2026-11-27T00:00:00.000Z"],
    ["2026", "2026-01-01T00:00:00.000Z"],
  ])("%s is %s", (text, at) => {
    expect(startOf(text)?.toISOString()).toBe(at);
  });
});

describe("a span", () => {
  test.each([
    ["today", "2026-11-28T00:00:00.000Z", "2026-11-29T00:00:00.000Z"],
    ["yesterday", "2026-11-27T00:00:00.000Z", "2026-11-28T00:00:00.000Z"],
    ["tomorrow", "2026-11-29T00:00:00.000Z", "2026-11-30T00:00:00.000Z"],
    ["2026-11-28", "2026-11-28T00:00:00.000Z", "2026-11-29T00:00:00.000Z"],
    ["2026-11", "2026-11-01T00:00:00.000Z", "2026-12-01T00:00:00.000Z"],
    ["2026-12", "2026-12-01T00:00:00.000Z", "2027-01-01T00:00:00.000Z"],
    ["2026", "2026-01-01T00:00:00.000Z", "2027-01-01T00:00:00.000Z"],
    ["2028-02-29", "2028-02-29T00:00:00.000Z", "2028-03-01T00:00:00.000Z"],
  ])("%s lasts from %s until before %s", (text, start, end) => {
    expect(span(text)).toEqual([start, end]);
  });

  test("a moment and a distance have no length", () => {
    expect(span("7d")).toEqual(["2026-11-21T09:30:15.250Z", "2026-11-21T09:30:15.250Z"]);
  });
});

describe("in a time zone", () => {
  test.each([
    ["Europe/Berlin", "2026-11-28", "2026-11-27T23:00:00.000Z", "2026-11-28T23:00:00.000Z"],
    ["Asia/Shanghai", "2026-11", "2026-10-31T16:00:00.000Z", "2026-11-30T16:00:00.000Z"],
    // Clocks change: a day of 25 hours, one of 23, and one that has no midnight.
    ["Europe/Berlin", "2026-10-25", "2026-10-24T22:00:00.000Z", "2026-10-25T23:00:00.000Z"],
    ["Europe/Berlin", "2026-03-29", "2026-03-28T23:00:00.000Z", "2026-03-29T22:00:00.000Z"],
    ["America/Sao_Paulo", "2018-11-04", "2018-11-04T03:00:00.000Z", "2018-11-05T02:00:00.000Z"],
  ])("of %s, %s lasts from %s until before %s", (zone, text, start, end) => {
    expect(span(text, zone)).toEqual([start, end]);
  });

  test("today is the zone's, where its day has already begun", () => {
    expect(span("today", "Pacific/Kiritimati")?.[0]).toBe("2026-11-27T10:00:00.000Z");
  });

  test("a time without a zone is the zone's, of two the earlier; one with a zone isn't", () => {
    expect(startOf("2026-11-28T09:00", "Asia/Tokyo")).toEqual(new Date("2026-11-28T00:00:00Z"));
    expect(startOf("2026-10-25T02:30", "Europe/Berlin")).toEqual(new Date("2026-10-25T00:30:00Z"));
    expect(startOf("2026-11-28T09:00Z", "Asia/Tokyo")).toEqual(new Date("2026-11-28T09:00:00Z"));
  });
});

test("a distance may lie ahead", () => {
  const read = parseTimeSpan("7d", NOW, { direction: "future" });
  expect(read?.start.toISOString()).toBe("2026-12-05T09:30:15.250Z");
});

test.each([
  "",
  "soon",
  "7",
  "7x",
  "-7d",
  "constructor",
  "2026-13",
  "2026-00",
  "2026-02-30",
  "2026-11-00",
  "26-11-28",
  "0099",
  "28.11.2026",
  "2026-11-28T24:00Z",
  "2026-11-28T09:60Z",
  "2026-11-28T09:30+25:00",
  "2026-11-28T09Z",
  "999999999w",
])("%j is no time", (text) => {
  expect(parseTimeSpan(text, NOW)).toBeNull();
});
