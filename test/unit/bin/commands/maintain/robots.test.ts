import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { robotsBatch } from "../../../../../bin/commands/maintain/robots.ts";

const conformance = process.env["TEST_CONFORMANCE"] ?? "../shared/conformance";
const suite = join(conformance, "robots-cases.json");

interface Case {
  id: number;
  googleLib?: boolean;
}

async function all(path: string): Promise<unknown[]> {
  const verdicts: unknown[] = [];
  for await (const verdict of robotsBatch(path)) verdicts.push(verdict);
  return verdicts;
}

test("verdicts come in the order of the cases", async () => {
  const folder = await mkdtemp(join(tmpdir(), "robots-"));
  const path = join(folder, "cases.json");
  const robots = "User-agent: *\nDisallow: /a\nCrawl-delay: 2";
  const cases = [
    { id: 1, robots, ua: "x", url: "https://news.example/a" },
    { id: "b", robots, ua: "x", url: "https://news.example/b", note: "more fields are fine" },
    { id: 3, robots, ua: "x" },
  ];
  await writeFile(path, JSON.stringify({ cases }));
  expect(await all(path)).toEqual([
    { id: 1, allowed: false },
    { id: "b", allowed: true },
    { id: 3, allowed: true, crawlDelay: 2 },
  ]);
  await writeFile(path, JSON.stringify({ cases: [{ id: 1, robots }] }));
  await expect(all(path)).rejects.toThrow(/ua/);
  await rm(folder, { recursive: true });
});

test.skipIf(!existsSync(suite))(
  "every case of the conformance suite equals Google's parser",
  async () => {
    const { cases }: { cases: Case[] } = JSON.parse(await readFile(suite, "utf8"));
    const expected = new Map(cases.map((each) => [each.id, each.googleLib]));
    const differs: unknown[] = [];
    let checked = 0;
    for await (const { id, allowed } of robotsBatch(suite)) {
      const verdict = expected.get(Number(id));
      if (verdict === undefined) continue;
      checked += 1;
      if (verdict !== allowed) differs.push(id);
    }
    expect(differs).toEqual([]);
    expect(checked).toBeGreaterThan(400);
  },
);
