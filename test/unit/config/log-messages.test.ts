import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

const root = new URL("../../..", import.meta.url).pathname;
const FOLDERS = "archive articles bin config crawler extractors queues sources store web workers";
const CALL = /\blog\.(?:debug|info|warn|error|fatal)\(/g;

/** The arguments of each log call in a source text. */
function callsIn(source: string): string[][] {
  return [...source.matchAll(CALL)].map(({ index, 0: call }) =>
    argumentsFrom(source, index + call.length),
  );
}

/** Arguments from an opening bracket on; commas within brackets and strings divide nothing. */
function argumentsFrom(source: string, start: number): string[] {
  const found = [""];
  let depth = 0;
  let quote = "";
  for (const letter of source.slice(start)) {
    if (quote) quote = letter === quote ? "" : quote;
    else if (`"'\``.includes(letter)) quote = letter;
    else if ("([{".includes(letter)) depth++;
    else if (")]}".includes(letter) && depth-- === 0) break;
    else if (letter === "," && depth === 0) {
      found.push("");
      continue;
    }
    found.push(`${found.pop()}${letter}`);
  }
  return found.map((text) => text.trim()).filter(Boolean);
}

/** Whether what differs from line to line is in fields, so that lines can be counted by their message. */
const isConstant = ([fields = "", message = "", ...rest]: string[]) =>
  fields.startsWith("{") && /^"[^"]+"$/.test(message) && rest.length === 0;

describe("log messages", () => {
  const files = FOLDERS.split(" ").flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".ts"))
      .map((name) => join(folder, name)),
  );
  const calls = files.flatMap((file) =>
    callsIn(readFileSync(join(root, file), "utf8")).map((overrides) => ({ file, overrides })),
  );

  it("are constant; what differs is in fields", () => {
    expect(calls.length).toBeGreaterThan(40);
    expect(calls.filter(({ overrides }) => !isConstant(overrides))).toEqual([]);
  });

  it.each([
    "log.info({ a: [1, 2] }, `run ${id}`)",
    "log.info({}, text)",
    'log.info("ready")',
    'log.info({}, "a" + b)',
  ])("%s would be found", (source) => {
    expect(callsIn(source).map(isConstant)).toEqual([false]);
  });
});
