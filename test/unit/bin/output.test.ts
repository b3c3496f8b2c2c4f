import { describe, expect, test } from "vitest";
import { plainTable } from "../../../bin/output.ts";

test("a table without rows is what it says then; one with rows, or nothing to say, is a table", () => {
  const none = "no keys: newsgather keys add NAME";
  expect(plainTable(["id"], [], { none })).toBe(none);
  expect(plainTable(["id"], [["a"]], { none })).toMatch(/│ id │.*│ a {2}│/s);
  expect(plainTable(["id"], [])).toMatch(/│ id │/);
});

describe("a table in a terminal", () => {
  const id = "0123456789abcdef0123456789abcdef";
  const why =
    "most new pages contain no article: the site may have been redesigned, and nobody told us";
  const url = "https://agency.example/news/2026/11/28/a-tram-for-the-city-that-waited-long";
  const widest = (text: string) =>
    Math.max(...text.split("\n").map((line) => Array.from(line).length));

  test("is as wide as its cells where that fits, or where there is no terminal", () => {
    const head = ["id", "why"];
    expect(plainTable(head, [[id, why]])).toContain(why);
    expect(plainTable(head, [["leeds", "it fails"]], { columns: 80 })).toBe(
      plainTable(head, [["leeds", "it fails"]]),
    );
  });

  test.each([80, 100, 120])("of %i columns cuts texts and URLs, and never an id", (columns) => {
    const table = plainTable(["id", "URL", "n", "why"], [[id, url, 3, why]], { columns });
    expect(widest(table)).toBeLessThanOrEqual(columns);
    expect(table).toContain(id);
    expect(table).toContain("…");
  });

  test("cuts a title in letters that take two columns each", () => {
    const title = "深圳希望利用技术成为模范城市".repeat(3);
    const [row = ""] = plainTable(["id", "title", "n"], [[id, title, 3]], { columns: 80 })
      .split("\n")
      .filter((line) => line.includes(id));
    expect(row).toContain("…");
    expect(
      Array.from(row).length + Array.from(row).filter((one) => one > "\u2e7f").length,
    ).toBeLessThanOrEqual(80);
  });

  test("wraps the values of a page, so that nothing of them is lost", () => {
    const articlePage = plainTable(["host", "agency.example:443"], [["cause", why]], {
      columns: 60,
    });
    expect(widest(articlePage)).toBeLessThanOrEqual(60);
    for (const word of why.split(" ")) expect(articlePage).toContain(word);
  });

  test("is a list of fields where too little of its texts would be left", () => {
    const at = "2026-11-28 09:30:00";
    const head = ["source", "last attempt", "last success", "last new article", "why", "to do"];
    const list = plainTable(head, [["leeds", at, at, "", why, "newsgather try URL"]], {
      columns: 80,
    });
    expect(widest(list)).toBeLessThanOrEqual(80);
    expect(list).toContain("source            leeds\nlast attempt      2026-11-28 09:30:00\n");
    expect(list).not.toContain("last new article");
    for (const word of why.split(" ")) expect(list).toContain(word);
  });
});
