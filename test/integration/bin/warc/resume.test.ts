import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, type TestContext, test } from "vitest";
import { type ArchiveOutput, exportArchive } from "../../../../bin/warc/export.ts";
import { readResponses } from "../../../../bin/warc/responses.ts";
import type { Store } from "../../../../store/store.ts";
import { makeSource } from "../../../helpers/articles.ts";
import { startTestDatabase, type TestDatabase } from "../../../helpers/database.ts";
import { storeOldArticles } from "../../../helpers/stored-pages.ts";
import { recordsOf, unzip, warcReader } from "../../../helpers/warc-reader.ts";

/** Three stretches of captures after which it is noted how far an export is. */
const CAPTURES = 160;
const SLICE = { sources: null, since: new Date(0), until: new Date("2999-01-01") };

let database: TestDatabase;
let store: Store;
const folder = mkdtempSync(join(tmpdir(), "newsgather-resume-"));
beforeAll(async () => {
  database = await startTestDatabase(import.meta.filename);
  store = await database.open("resume");
  await store.collections.sources.insertOne(makeSource("cities"));
  for (let from = 0; from < CAPTURES; from += 40) await storeOldArticles(store, from, 40);
  // The same bytes once more, long after the first.
  const [first] = await store.collections.captures.find().sort({ fetchedAt: 1 }).limit(1).toArray();
  if (!first) throw new Error("it is stored");
  const fetchedAt = new Date(first.fetchedAt.getTime() + 150.5 * 3_600_000);
  await store.collections.captures.insertOne({ ...first, _id: "again", fetchedAt });
});
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await database.close();
});

const asked = "all of it";

async function read(file: string) {
  const found = [];
  for await (const one of readResponses(file)) found.push({ ...one, offset: 0 });
  return found;
}

/** Exports as far as `end` captures and then fails, where it gets so far; goes on where one before stopped. */
function exportUntil(
  end: number,
  how: Pick<ArchiveOutput, "format" | "file" | "asked">,
  counted: number[] = [],
) {
  return exportArchive(store, SLICE, {
    ...how,
    resume: true,
    onCapture(count) {
      counted.push(count);
      if (count === end) throw new Error("the disk is full");
    },
  });
}

/** The index, but for where records are: each file's own ids pack differently. */
const linesOf = (file: string) =>
  readFileSync(file, "utf8")
    .split("\n")
    .map((line) => line.replace(/"(?:offset|length|filename)":"[^"]*",?/g, ""));

test("an export that was stopped twice goes on to the same records, index and pages", async () => {
  const whole = join(folder, "whole.warc.gz");
  await exportArchive(store, SLICE, { format: "warc", file: whole, onCapture() {} });
  const file = join(folder, "stopped.warc.gz");
  const counted: number[] = [];
  const until = (end: number, words = asked) =>
    exportUntil(end, { format: "warc", file, asked: words }, counted);
  await expect(until(70)).rejects.toThrow("full");
  // What a process that was killed had written beyond what it noted.
  const part = `${file}.warc.part`;
  writeFileSync(part, Buffer.concat([readFileSync(part), Buffer.from("half a record")]));
  counted.length = 0;
  await expect(until(10, "another one")).rejects.toThrow("of another export");
  await expect(until(140)).rejects.toThrow("full");
  expect(counted[0]).toBeGreaterThan(40);
  const { captures, records } = await until(-1);
  expect([captures, records]).toEqual([CAPTURES + 1, 3 * (CAPTURES + 1) + 1]);
  expect(readdirSync(folder).filter((name) => name.includes("part"))).toEqual([]);
  expect(await read(file)).toEqual(await read(whole));
  const index = (name: string) => linesOf(join(folder, `${name}.cdxj`));
  expect(index("stopped")).toEqual(index("whole"));
});

test("so does WACZ, to the same pages, and an independent reader finds every digest right", async (context: TestContext) => {
  const python = warcReader();
  if (!python) context.skip("Python's warcio can't be installed here");
  const files = ["whole", "stopped"].map((name) => join(folder, `${name}.wacz`));
  const [whole = "", stopped = ""] = files;
  await exportArchive(store, SLICE, { format: "wacz", file: whole, onCapture() {} });
  const how = { format: "wacz", file: stopped, asked } as const;
  await expect(exportUntil(140, how)).rejects.toThrow("full");
  await exportUntil(-1, how);
  const [one, other] = files.map((file) => {
    unzip(python, file, `${file}.unpacked`);
    const inside = (path: string) => join(`${file}.unpacked`, path);
    const records = recordsOf(python, inside("archive/data.warc.gz"));
    return {
      pages: readFileSync(inside("pages/pages.jsonl"), "utf8"),
      index: linesOf(inside("indexes/index.cdxj")),
      records: records
        .slice(1)
        .map(({ warc, payload }) => [warc["WARC-Type"], warc["WARC-Target-URI"], payload]),
    };
  });
  expect(other).toEqual(one);
  expect(other?.records).toHaveLength(3 * (CAPTURES + 1));
  expect(other?.pages.trim().split("\n")).toHaveLength(CAPTURES + 2);
});
