import { assert, date, property } from "fast-check";
import { expect, test } from "vitest";
import { afterShut, isShut } from "../../../../sources/schedule/next-due.ts";

const berlin = (...windows: string[]) => ({ windows, timezone: "Europe/Berlin" });
const work = berlin("Mon-Fri 06:00-22:00");

// 25 November 2026 is a Wednesday; Berlin is an hour ahead of UTC in winter, two in summer.
test.each([
  [work, "2026-11-25T12:00:00Z", "2026-11-25T12:00:00.000Z"],
  [work, "2026-11-25T21:00:00Z", "2026-11-26T05:00:00.000Z"],
  [work, "2026-11-27T21:30:30Z", "2026-11-30T05:00:00.000Z"],
  [berlin("Sat,Sun 08:00-12:00"), "2026-11-25T12:00:00Z", "2026-11-28T07:00:00.000Z"],
  [berlin("06:00-07:00", "18:00-19:00"), "2026-11-25T12:00:00Z", "2026-11-25T17:00:00.000Z"],
  // Over midnight it belongs to the day on which it starts.
  [berlin("Fri 22:00-04:00"), "2026-11-28T02:30:00Z", "2026-11-28T02:30:00.000Z"],
  [berlin("Fri 22:00-04:00"), "2026-11-28T03:00:00Z", "2026-12-04T21:00:00.000Z"],
  [berlin("Fri-Mon 00:00-24:00"), "2026-11-25T12:00:00Z", "2026-11-26T23:00:00.000Z"],
  // The night of 29 March has no 02:00 to 03:00.
  [berlin("Sun 06:00-08:00"), "2026-03-28T12:00:00Z", "2026-03-29T04:00:00.000Z"],
  [berlin("Sun 06:00-08:00"), "2026-10-24T12:00:00Z", "2026-10-25T05:00:00.000Z"],
  [berlin("Sun 02:00-03:00"), "2026-03-22T12:00:00Z", "2026-04-05T00:00:00.000Z"],
  [berlin("Sun 06:17-06:18"), "2026-03-22T12:00:00Z", "2026-03-29T04:17:00.000Z"],
])("%j: %s waits until %s", (hours, from, wanted) => {
  expect(afterShut(new Date(from), hours).toISOString()).toBe(wanted);
});

test("the answer is open, never earlier, and a start of a window or the instant itself", () => {
  const when = date({
    min: new Date("2026-01-01"),
    max: new Date("2027-01-01"),
    noInvalidDate: true,
  });
  assert(
    property(when, (at) => {
      const free = afterShut(at, work);
      return free >= at && !isShut(free, work) && free.getTime() - at.getTime() < 58 * 3_600_000;
    }),
    { numRuns: 200 },
  );
});

const quietInBerlin = (quiet: string) => ({ quiet, timezone: "Europe/Berlin" });
const at = (iso: string) => new Date(iso);

test.each([
  ["22:00-06:00", "2026-11-25T20:59:59Z", "2026-11-25T20:59:59.000Z"],
  ["22:00-06:00", "2026-11-25T21:00:00Z", "2026-11-26T05:00:00.000Z"],
  ["22:00-06:00", "2026-11-26T01:30:30Z", "2026-11-26T05:00:00.000Z"],
  ["22:00-06:00", "2026-11-26T05:00:00Z", "2026-11-26T05:00:00.000Z"],
  ["12:00-13:30", "2026-11-26T11:15:00Z", "2026-11-26T12:30:00.000Z"],
  ["00:00-00:00", "2026-11-26T11:15:00Z", "2026-11-26T11:15:00.000Z"],
  // The night of 29 March has no 02:00 to 03:00, that of 25 October has it twice.
  ["22:00-06:00", "2026-03-28T22:00:00Z", "2026-03-29T04:00:00.000Z"],
  ["22:00-06:00", "2026-10-24T21:00:00Z", "2026-10-25T05:00:00.000Z"],
  ["22:00-02:30", "2026-03-28T22:00:00Z", "2026-03-29T01:00:00.000Z"],
  ["01:00-04:00", "2026-10-25T00:30:00Z", "2026-10-25T03:00:00.000Z"],
])("%s in Berlin: %s waits until %s", (quiet, from, wanted) => {
  expect(afterShut(at(from), quietInBerlin(quiet)).toISOString()).toBe(wanted);
});

test("without quiet hours nothing waits", () => {
  expect(afterShut(at("2026-11-25T23:00:00Z"), { timezone: "UTC" })).toEqual(
    at("2026-11-25T23:00:00Z"),
  );
});

test("the answer is never quiet, never earlier and never more than a day and an hour later", () => {
  const range = { min: at("2026-01-01"), max: at("2027-01-01"), noInvalidDate: true };
  const hours = { quiet: "21:15-05:45", timezone: "America/New_York" };
  assert(
    property(date(range), (from) => {
      const free = afterShut(from, hours);
      expect(isShut(free, hours)).toBe(false);
      expect(free.getTime()).toBeGreaterThanOrEqual(from.getTime());
      expect(free.getTime() - from.getTime()).toBeLessThanOrEqual(9.5 * 3_600_000);
    }),
    { numRuns: 300 },
  );
});
