import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
// @ts-expect-error a script without types
import * as words from "../../../.ci/words.mjs";

const { findReplaced, findReplacedNames, namesIn, partsOf } = words;

/** The rows of the glossary: term, meaning, collection. */
function glossary(): { term: string; collections: string[] }[] {
  const text = readFileSync("docs/architecture.md", "utf8");
  const table = text.slice(text.indexOf("## Glossary"), text.indexOf("## Layout"));
  const rows = table.split("\n").filter((line) => /^\| [A-Z]/.test(line));
  return rows.map((row) => {
    const [, term = "", , collection = ""] = row.split(/(?<!\\)\|/);
    return {
      term: term.trim(),
      collections: [...collection.matchAll(/`(\w+)`/g)].map(([, name]) => name ?? ""),
    };
  });
}

/** The collections that the store declares. */
function collections(): string[] {
  const text = readFileSync("store/store.ts", "utf8");
  const declared = text.slice(text.indexOf("export interface Collections"));
  const names = [...declared.slice(0, declared.indexOf("}")).matchAll(/^ {2}(\w+): Collection</gm)];
  return names.map(([, name]) => name ?? "");
}

describe("the glossary", () => {
  test("has a term for every collection but the store's own records", () => {
    const explained = new Set(glossary().flatMap(({ collections: names }) => names));
    expect(collections().filter((name) => !explained.has(name) && name !== "meta")).toEqual([]);
  });

  test("names no collection that isn't there", () => {
    const known = new Set([...collections(), "storyId"]);
    const named = glossary().flatMap(({ collections: names }) => names);
    expect(named.filter((name) => !known.has(name))).toEqual([]);
  });

  test("says each term once, and no word that was replaced", () => {
    const terms = glossary().map(({ term }) => term);
    expect(terms.length).toBeGreaterThan(50);
    expect(new Set(terms).size).toBe(terms.length);
    expect(terms.filter((term) => findReplaced(term, "docs"))).toEqual([]);
  });
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
    expect(findReplaced("by", "web/feeds/json-formats.ts")).toBeNull();
    expect(findReplaced("by", "web/feeds/feed.ts")?.word).toBe("by");
  });

  test("the parts of a name are its words", () => {
    expect(partsOf("nextHTMLLook_at")).toEqual(["next", "html", "look", "at"]);
  });
});
