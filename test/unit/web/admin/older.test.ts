import { expect, test } from "vitest";
import { Before, lastOfFull, older } from "../../../../web/admin/older.ts";

const LAST = new Date("2026-11-25T14:05:09Z");

test("a page leads to what lies before its last line, and keeps what it asks for", () => {
  const link =
    '<p><a href="/admin/audit?before=2026-11-25T14%3A05%3A09.000Z" rel="next">Older</a></p>';
  expect(String(older("/admin/audit", LAST))).toBe(link);
  expect(String(older("/admin/runs?source=a", LAST))).toContain("/admin/runs?source=a&amp;before=");
  expect(older("/admin/audit", undefined)).toBeNull();
});

test("only a full page has a last line to go on from", () => {
  expect(lastOfFull([1, 2], 2)).toBe(2);
  expect(lastOfFull([1, 2], 3)).toBeUndefined();
});

test("what isn't a date counts as not given", () => {
  expect(Before.parse("2026-11-25T14:05:09Z")).toEqual(LAST);
  expect(Before.parse("yesterday")).toBeUndefined();
});
