import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { root } from "../../../../config/root.ts";

/** Above it a file's text counts in the memory of a process, characters. */
const LARGE = 200_000;

test("of the bundle's large files V8 holds a byte a character: they are Latin-1", () => {
  const run = join(root, "dist/run");
  const files = readdirSync(run).filter((name) => name.endsWith(".js"));
  const texts = files.map((name) => readFileSync(join(run, name), "utf8"));
  const large = texts.filter((text) => text.length > LARGE);
  expect(large.length).toBeGreaterThan(3);
  expect(large.filter((text) => /[^\0-\xff]/.test(text))).toEqual([]);
});
