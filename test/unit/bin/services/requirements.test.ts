import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

const read = (name: string) =>
  readFileSync(new URL(`../../../../${name}`, import.meta.url), "utf8");

test("every package of the embedded database is installed by exact version and by the hash of its file", () => {
  const packages = read("bin/services/secantusdb.txt")
    .replaceAll(/^#.*\n/gm, "")
    .replaceAll("\\\n", " ")
    .trim()
    .split("\n");
  expect(packages.length).toBeGreaterThan(1);
  for (const line of packages) {
    expect(line).toMatch(/^[\w-]+==[\w.]+( +--hash=sha256:[0-9a-f]{64})+$/);
  }
  expect(read("bin/setup/steps.mjs")).toContain('"--require-hashes"');
});
