import { describe, expect, it } from "vitest";
import { DAY_MS } from "../../../../lib/time.ts";
import { isOldWitnessed } from "../../../../sources/coverage/witness.ts";

const NOW = new Date("2026-11-28T12:00:00Z");

describe("An article that only a witness named", () => {
  const ago = (days: number) => new Date(NOW.getTime() - days * DAY_MS);

  it.each([
    ["young", 27, false],
    ["old", 29, true],
  ])("that is %s is too old: %s days", (_, days, isOld) => {
    expect(isOldWitnessed(ago(days), NOW)).toBe(isOld);
  });

  it("without a date is taken", () => {
    expect(isOldWitnessed(null, NOW)).toBe(false);
  });
});
