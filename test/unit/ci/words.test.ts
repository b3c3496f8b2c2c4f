import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
// @ts-expect-error a script without types
import * as words from "../../../.ci/words.mjs";

const { findReplaced, findReplacedNames, namesIn, partsOf } = words;

/** The terms of the glossary. */
function readTerms(): string[] {
  const text = readFileSync("docs/architecture.md", "utf8");
  const table = text.slice(text.indexOf("## Glossary"), text.indexOf("## Layout"));
  return [...table.matchAll(/^\| ([A-Z][^|]*?) \|/gm)].map(([, term = ""]) => term);
}

test("the glossary says each term once, and no word that was replaced", () => {
  const terms = readTerms();
  expect(terms.length).toBeGreaterThan(25);
  expect(new Set(terms).size).toBe(terms.length);
  expect(terms.filter((term) => findReplaced(term, "docs"))).toEqual([]);
});

test("no name says a replaced word", () => {
  expect(findReplacedNames()).toEqual([]);
});

describe("a replaced word is found", () => {
  test.each([
    ["nextLookAt", "look"],
    ["SHEET_STATES", "sheet"],
    ["wayOut", "way out"],
    ["pass", "pass"],
  ])("in %s", (name, word) => {
    expect(findReplaced(name, "workers")?.word).toBe(word);
  });

  test.each(["lookup", "outside", "stylesheet", "allSettled", "dashboard", "createdBy"])(
    "but not in %s",
    (name) => {
      expect(findReplaced(name, "workers")).toBeNull();
    },
  );

  test("in identifiers and in strings that are names, not in prose", () => {
    const code = 'const askedAt = 1; // told\nfind({ "looks.made": 1 }); say("he was told so");';
    const found = namesIn(code).map(({ name }: { name: string }) => name);
    expect(found).toContain("askedAt");
    expect(found).toContain("looks");
    expect(found).not.toContain("told");
  });

  test("in what a template computes, not in its text or in a regular expression", () => {
    const code =
      "const a = `told ${kept(`by ${asked} said`)} given`; const b = /^(?:held|`dead)$/u;\nlooks();";
    expect(namesIn(code)).toEqual([
      { name: "const", line: 1 },
      { name: "a", line: 1 },
      { name: "kept", line: 1 },
      { name: "asked", line: 1 },
      { name: "const", line: 1 },
      { name: "b", line: 1 },
      { name: "looks", line: 2 },
    ]);
  });

  test("but not where a format has the name", () => {
    expect(findReplaced("by", "web/feeds/formats.ts")).toBeNull();
    expect(findReplaced("by", "web/feeds/feed.ts")?.word).toBe("by");
  });

  test("the parts of a name are its words", () => {
    expect(partsOf("nextHTMLLook_at")).toEqual(["next", "html", "look", "at"]);
  });
});
