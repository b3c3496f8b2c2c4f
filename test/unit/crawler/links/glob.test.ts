import { expect, test } from "vitest";
import { matchesGlob } from "../../../../crawler/links/url.ts";
import { cpuOf } from "../../../helpers/cpu.ts";

test.each([
  ["/news/**", "/news/2026/a", true],
  ["/news/**", "/news/", true],
  ["/news/**", "/news", false],
  ["/news/**", "/en/news/a", false],
  ["/news/*", "/news/a", true],
  ["/news/*", "/news/a/b", false],
  ["/*/news/*", "/en/news/a", true],
  ["/a/**/b", "/a/b", true],
  ["/a/**/b", "/a/x/y/b", true],
  ["/a/**/b", "/ab", false],
  ["**/print", "/news/1/print", true],
  ["print/*", "/news/print/1", true],
  ["print/*", "/print/1", true],
  ["print/*", "/blueprint/1", false],
  ["**.html", "/a/b.html", true],
  ["/a.b", "/axb", false],
  ["/a+(b)", "/a+(b)", true],
  ["/search?**", "/search?q=1", true],
  ["/x", "/x/", false],
  ["**", "", true],
])("%s on %s: %s", (pattern, path, wanted) => {
  expect(matchesGlob(pattern, path)).toBe(wanted);
});

test("a pattern made to explode takes no time", async () => {
  const cost = await cpuOf(() => {
    expect(matchesGlob("/*a*a*a*a*a*a*a*a*a*a*a*ab", `/${"a".repeat(2000)}`)).toBe(false);
    expect(matchesGlob(`${"/**/a".repeat(30)}b`, "/a".repeat(1000))).toBe(false);
  });
  expect(cost).toBeLessThan(1000);
});
