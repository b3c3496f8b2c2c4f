import { describe, expect, test } from "vitest";
import { prefixOf, splitPrefix } from "../../../../articles/classify/classify.ts";

describe("splitPrefix", () => {
  test.each([
    ["CN: Guangdong: New portal opens", null, "CN", "Guangdong", "New portal opens"],
    ["CN: Guangdong: New portal opens", "DE", "CN", "Guangdong", "New portal opens"],
    ["DE: Baden-Württemberg: Neues Amt", "DE", "DE", "Baden-Württemberg", "Neues Amt"],
    ["US: New York: 3 lessons", null, "US", "New York", "3 lessons"],
    ["UK: Identity checks", null, "GB", null, "Identity checks"],
    ["IT: Lazio: Nuovo portale", "IT", "IT", "Lazio", "Nuovo portale"],
    ["CN：数字政府", "CN", "CN", null, "数字政府"],
    [
      "EU: AI Act: what changes in 2026: a guide",
      null,
      "EU",
      "AI Act",
      "what changes in 2026: a guide",
    ],
  ])("%s (source: %s)", (title, source, country, region, rest) => {
    expect(splitPrefix(title, source)).toEqual({ country, region, title: rest });
  });

  test.each([
    ["AI: what comes next", null],
    ["IT: Sicherheit: Lücke geschlossen", "DE"],
    ["FR: nothing here is ours", "DE"],
    ["ZZ: Nowhere: x", null],
    ["Guangdong: New portal", null],
    ["CN:", "CN"],
    ["cn: small", "CN"],
    ["DEU: x", "DE"],
  ])("%s (source: %s) carries no place", (title, source) => {
    expect(splitPrefix(title, source)).toBeNull();
  });
});

test("prefixOf", () => {
  expect(prefixOf({ country: "CN", region: "Guangdong" })).toBe("CN: Guangdong: ");
  expect(prefixOf({ country: "DE", region: null })).toBe("DE: ");
  expect(prefixOf({ country: null, region: "Somewhere" })).toBe("");
});
