import { describe, expect, test } from "vitest";
import { judgeUse, USES } from "../../../model/usage-rights.ts";
import { seenAt, signalsOf, TABLE } from "../../helpers/usage-table.ts";

describe.each(Object.entries(TABLE))("%s", (_, rows) => {
  describe.each(rows)("%s", (_says, sources, verdicts) => {
    const signals = signalsOf(sources);
    test.each(USES.map((use, at) => [use, verdicts.split(" ")[at]]))("%s: %s", (use, expected) => {
      const { allowed, preference, maxCharacters } = judgeUse(signals, use, seenAt);
      const sign = { allowed: "+", unknown: "?", disallowed: "-" }[preference];
      expect(allowed).toBe(expected !== "-");
      expect(allowed && maxCharacters !== null ? String(maxCharacters) : sign).toBe(expected);
    });
  });
});

test("The table has at least 120 combinations", () => {
  expect(Object.values(TABLE).flat().length * USES.length).toBeGreaterThanOrEqual(120);
});
