import { createHash } from "node:crypto";
import { readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import {
  checkBackup,
  FORMAT_VERSION,
  readLines,
  toLine,
  writeLines,
} from "../../../../archive/backup/file.ts";
import { testFolder } from "../../../helpers/folder.ts";

async function* lines(count: number, fails = false) {
  for (let n = 0; n < count; n++) yield `line ${n} ${"x".repeat(100)}`;
  if (fails) throw new Error("the database is gone");
}

const write = (path: string, content: AsyncIterable<string>) =>
  writeLines(path, content, () => Promise.resolve());

async function read(path: string): Promise<number> {
  let count = 0;
  for await (const _ of readLines(path)) count++;
  return count;
}

test("a backup can be read by its owner alone", async () => {
  const folder = await testFolder();
  await write(join(folder, "b.gz"), lines(3));
  expect(statSync(join(folder, "b.gz")).mode & 0o777).toBe(0o600);
});

test("a backup has its name only once it is whole", async () => {
  const folder = await testFolder();
  await expect(write(join(folder, "b.gz"), lines(3, true))).rejects.toThrow(/is gone/);
  expect(readdirSync(folder)).toEqual([]);
});

test("a backup that isn't valid leaves an earlier one where it is", async () => {
  const path = join(await testFolder(), "b.gz");
  writeFileSync(path, "the earlier one");
  const written = writeLines(path, lines(3), (part) => checkBackup(readLines(part)));
  await expect(written).rejects.toThrow("this isn't a backup");
  expect(readFileSync(path, "utf8")).toBe("the earlier one");
});

test("a backup that was cut off can't be read to its end", async () => {
  const path = join(await testFolder(), "b.gz");
  await write(path, lines(5000));
  expect(await read(path)).toBe(5000);
  truncateSync(path, Math.floor(statSync(path).size / 2));
  await expect(read(path)).rejects.toThrow(/unexpected end/);
});

async function* backupOf(title: string) {
  const at = new Date(0).toISOString();
  const content = [
    JSON.stringify({ newsgather: "backup", format: FORMAT_VERSION, schema: 1, database: "n", at }),
    toLine({ c: "articles", d: { _id: "a", title } }),
  ];
  yield* content;
  const sha256 = createHash("sha256")
    .update(`${content.join("\n")}\n`)
    .digest("hex");
  yield JSON.stringify({ end: true, counts: { articles: 1 }, sha256 });
}

test.each(["\u2028", "\u2029"])(
  "a backup is valid if a text in it contains the separator %j",
  async (separator) => {
    const path = join(await testFolder(), "b.gz");
    await write(path, backupOf(`Town hall${separator}is rebuilt`));
    await expect(checkBackup(readLines(path))).resolves.toMatchObject({ footer: { end: true } });
  },
);

test("a line of a backup can be far longer than what is read at once", async () => {
  const path = join(await testFolder(), "b.gz");
  const length = 10_000_000;
  await write(path, backupOf("ä".repeat(length)));
  const lengths: number[] = [];
  for await (const line of readLines(path)) lengths.push(line.length);
  expect(lengths).toHaveLength(3);
  expect(lengths[1]).toBeGreaterThan(length);
});
