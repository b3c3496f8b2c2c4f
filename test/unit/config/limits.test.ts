import { existsSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { LIMITS } from "../../../config/limits.ts";

const root = new URL("../../../", import.meta.url);
const rows = readFileSync(new URL("docs/engineers/hostile.md", root), "utf8")
  .split("\n## Hazards\n")[1]
  ?.split("\n## ")[0]
  ?.split("\n")
  .filter((line) => line.startsWith("| ") && !line.startsWith("| hazard"));
const namesIn = (cell: string | undefined) =>
  [...(cell ?? "").matchAll(/`([^`]+)`/g)].flatMap(([, name]) => name ?? []);

function boundOf(name: string): unknown {
  return name
    .split(".")
    .reduce<unknown>((at, key) => (at as Record<string, unknown> | undefined)?.[key], LIMITS);
}

test("each hazard in docs/engineers/hostile.md names a test that is there, and bounds that LIMITS has", () => {
  const cells = (rows ?? []).map((row) => row.split("|").map((cell) => cell.trim()));
  expect(cells.length).toBeGreaterThan(20);
  expect(cells.filter((row) => namesIn(row[4]).length === 0)).toEqual([]);
  const files = cells.flatMap((row) => namesIn(row[4]));
  expect(files.filter((file) => !existsSync(new URL(`test/${file}.test.ts`, root)))).toEqual([]);
  const bounds = cells.flatMap((row) => namesIn(row[3]));
  const own = bounds.filter((name) => !name.startsWith("NEWSGATHER_"));
  expect(own.filter((name) => boundOf(name) === undefined)).toEqual([]);
});
