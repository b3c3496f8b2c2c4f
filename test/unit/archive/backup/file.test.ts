import { readdirSync, statSync, truncateSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readLines, writeLines } from "../../../../archive/backup/file.ts";
import { testFolder } from "../../../helpers/folder.ts";

async function* lines(count: number, fails = false) {
  for (let n = 0; n < count; n++) yield `line ${n} ${"x".repeat(100)}`;
  if (fails) throw new Error("the database is gone");
}

async function read(path: string): Promise<number> {
  let count = 0;
  for await (const _ of readLines(path)) count++;
  return count;
}

test("a backup can be read by its owner alone", async () => {
  const folder = await testFolder();
  await writeLines(join(folder, "b.gz"), lines(3));
  expect(statSync(join(folder, "b.gz")).mode & 0o777).toBe(0o600);
});

test("a backup has its name only once it is whole", async () => {
  const folder = await testFolder();
  await expect(writeLines(join(folder, "b.gz"), lines(3, true))).rejects.toThrow(/is gone/);
  expect(readdirSync(folder)).toEqual([]);
});

test("a backup that was cut off can't be read to its end", async () => {
  const path = join(await testFolder(), "b.gz");
  await writeLines(path, lines(5000));
  expect(await read(path)).toBe(5000);
  truncateSync(path, Math.floor(statSync(path).size / 2));
  await expect(read(path)).rejects.toThrow(/unexpected end/);
});
