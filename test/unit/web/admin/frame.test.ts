import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { commandsOf } from "../../../../web/admin/frame.ts";
import { PAGES } from "../../../../web/admin/pages.ts";

const COMMANDS = join(import.meta.dirname, "../../../../bin/commands");
const textOf = (file: string) => readFileSync(join(COMMANDS, file), "utf8");

const SEVERAL = new Set(["sources", "reprocess"]);

/** Whether `newsgather NAME`, or `newsgather NAME SUB`, is registered; some are so by several files. */
function isThere(line: string): boolean {
  // Of the program itself.
  if (line === "newsgather --version") return textOf("../cli.ts").includes(".version(");
  const [, name = "", sub] = /^newsgather ([a-z-]+)(?: ([a-z][a-z-]*))?/.exec(line) ?? [];
  const files = SEVERAL.has(name) ? readdirSync(COMMANDS) : [`${name}.ts`];
  const text = files.map(textOf).join("");
  return text.includes(`("${name}")`) && (!sub || new RegExp(`\\("${sub}"[,)]`).test(text));
}

test("each line that a page shows names a command there is", () => {
  const lines = PAGES.flatMap(({ commands }) => commands);
  expect(lines.length).toBeGreaterThan(20);
  expect(lines.filter((line) => !isThere(line))).toEqual([]);
  expect(isThere("newsgather sources nonsense")).toBe(false);
});

test("a line is filled from the page's query, as one word of a shell", () => {
  const about = (route: string, query: Record<string, string>) =>
    commandsOf(route, new URLSearchParams(query));
  expect(about("/admin/versions", { source: "city-news" })).toEqual([
    "newsgather sources versions city-news",
  ]);
  expect(about("/admin/why", { url: "https://a.example/?x='1'&y=$(id)" })).toEqual([
    String.raw`newsgather why 'https://a.example/?x='\''1'\''&y=$(id)'`,
  ]);
  expect(about("/admin/why", { url: "" })).toEqual(["newsgather why URL"]);
  expect(about("/admin/run", { id: "run-1" })).toEqual(["newsgather why URL"]);
});
