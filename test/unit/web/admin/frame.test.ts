import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { commandsOf } from "../../../../web/admin/frame.ts";
import { PAGES } from "../../../../web/admin/pages.ts";

const COMMANDS = join(import.meta.dirname, "../../../../bin/commands");
const readText = (file: string) => readFileSync(join(COMMANDS, file), "utf8");
const COMMAND_TEXTS = readdirSync(COMMANDS, { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".ts"))
  .map(readText)
  .join("");

/** Whether `newsgather NAME`, or `newsgather NAME SUB`, is registered. */
function isThere(line: string): boolean {
  // Of the program itself.
  if (line === "newsgather --version") return readText("../cli.ts").includes(".version(");
  const [, name = "", sub] = /^newsgather ([a-z-]+)(?: ([a-z][a-z-]*))?/.exec(line) ?? [];
  const isRegistered = (word: string) =>
    new RegExp(`\\("${word}( [^"]*)?"[,)]`).test(COMMAND_TEXTS);
  return isRegistered(name) && (!sub || isRegistered(sub));
}

test("each line that a page shows names a command there is", () => {
  const lines = PAGES.flatMap(({ commands = [] }) => commands);
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
