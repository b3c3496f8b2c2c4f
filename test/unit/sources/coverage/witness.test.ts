import { describe, expect, it } from "vitest";
import { DAY_MS } from "../../../../lib/time.ts";
import { isOldWitnessed } from "../../../../sources/coverage/witness.ts";

const NOW = new Date("2026-11-28T12:00:00Z");
const PAGE = "https://town.example/news/tram";

describe("An article that only a witness named", () => {
  const witness = { name: PAGE, isCounted: false };
  const ago = (days: number) => new Date(NOW.getTime() - days * DAY_MS);

  it.each([
    ["young", 27, false],
    ["old", 29, true],
  ])("that is %s is too old: %s days", (_, days, isOld) => {
    expect(isOldWitnessed({ witness }, ago(days), NOW)).toBe(isOld);
  });

  it("without a date is taken, and so is whatever an entry point named", () => {
    expect(isOldWitnessed({ witness }, null, NOW)).toBe(false);
    expect(isOldWitnessed({}, ago(99), NOW)).toBe(false);
  });
});
