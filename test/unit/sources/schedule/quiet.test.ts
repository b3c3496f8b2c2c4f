import { assert, date, property } from "fast-check";
import { expect, test } from "vitest";
import { afterQuiet, isQuiet } from "../../../../sources/schedule/quiet.ts";

const berlin = (quiet: string) => ({ quiet, timezone: "Europe/Berlin" });
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
  expect(afterQuiet(at(from), berlin(quiet)).toISOString()).toBe(wanted);
});

test("without quiet hours nothing waits", () => {
  expect(afterQuiet(at("2026-11-25T23:00:00Z"), { timezone: "UTC" })).toEqual(
    at("2026-11-25T23:00:00Z"),
  );
});

test("the answer is never quiet, never earlier and never more than a day and an hour later", () => {
  const range = { min: at("2026-01-01"), max: at("2027-01-01"), noInvalidDate: true };
  const hours = { quiet: "21:15-05:45", timezone: "America/New_York" };
  assert(
    property(date(range), (from) => {
      const free = afterQuiet(from, hours);
      expect(isQuiet(free, hours)).toBe(false);
      expect(free.getTime()).toBeGreaterThanOrEqual(from.getTime());
      expect(free.getTime() - from.getTime()).toBeLessThanOrEqual(9.5 * 3_600_000);
    }),
    { numRuns: 300 },
  );
});
