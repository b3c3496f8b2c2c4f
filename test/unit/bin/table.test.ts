import { expect, test } from "vitest";
import { plainTable } from "../../../bin/table.ts";

test("a table without rows is what it says then; one with rows, or nothing to say, is a table", () => {
  const none = "no keys: newsgather keys add NAME";
  expect(plainTable(["id"], [], { none })).toBe(none);
  expect(plainTable(["id"], [["a"]], { none })).toMatch(/│ id │.*│ a {2}│/s);
  expect(plainTable(["id"], [])).toMatch(/│ id │/);
});
