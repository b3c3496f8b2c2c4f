import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, type TestContext, test } from "vitest";
import { type ArchiveOutput, exportArchive } from "../../archive/warc/export.ts";
import { readResponses } from "../../archive/warc/responses.ts";
import type { Store } from "../../store/store.ts";
import { makeSource } from "../helpers/articles.ts";
import { startTestDatabase, type TestDatabase } from "../helpers/database.ts";
import { storeOldArticles } from "../helpers/stored-pages.ts";
import { recordsOf, unzip, warcReader } from "../helpers/warc-reader.ts";

/** Three stretches of captures after which it is noted how far an export is. */
const CAPTURES = 160;
const SLICE = {
  sources: null,
  since: new Date(0),
  until: new Date("2999-01-01"),
  purpose: "analysis",
} as const;

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

const request = "all of it";

async function read(file: string) {
  const found = [];
  for await (const one of readResponses(file)) found.push({ ...one, offset: 0 });
  return found;
}

/** Exports as far as `end` captures and then fails, where it gets so far; goes on where one before stopped. */
function exportUntil(
  end: number,
  how: Pick<ArchiveOutput, "format" | "file" | "request">,
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

describe("a WARC export that was stopped twice", () => {
  const whole = join(folder, "whole.warc.gz");
  const file = join(folder, "stopped.warc.gz");
  const counted: number[] = [];
  /** How the attempts failed. */
  const failures: unknown[] = [];
  let ended: Awaited<ReturnType<typeof exportArchive>>;
  let parts: string[];
  beforeAll(async () => {
    await exportArchive(store, SLICE, { format: "warc", file: whole, onCapture() {} });
    const until = (end: number, words = request) =>
      exportUntil(end, { format: "warc", file, request: words }, counted);
    const fail = async (attempt: Promise<unknown>) => {
      failures.push(await attempt.catch((error: unknown) => error));
    };
    await fail(until(70));
    // What a process that was killed had written beyond what it noted.
    const part = `${file}.warc.part`;
    writeFileSync(part, Buffer.concat([readFileSync(part), Buffer.from("half a record")]));
    counted.length = 0;
    await fail(until(10, "another one"));
    await fail(until(140));
    ended = await until(-1);
    parts = readdirSync(folder).filter((name) => name.includes("stopped") && name.includes("part"));
  });

  test("An export fails when the disk is full", () => {
    expect(failures[0]).toMatchObject({ message: expect.stringContaining("full") });
    expect(failures[2]).toMatchObject({ message: expect.stringContaining("full") });
  });

  test("Another export doesn't go on from where this one stopped", () => {
    const message = expect.stringContaining("to another export");
    expect(failures[1]).toMatchObject({ message });
  });

  test("A stopped export goes on from where it stopped", () => {
    expect(counted[0]).toBeGreaterThan(40);
  });

  test("A resumed export counts all captures and records", () => {
    const { captures, records } = ended;
    expect([captures, records]).toEqual([CAPTURES + 1, 3 * (CAPTURES + 1) + 1]);
  });

  test("A finished export leaves no partial files", () => {
    expect(parts).toEqual([]);
  });

  test("A resumed export has the same records as one without a stop", async () => {
    expect(await read(file)).toEqual(await read(whole));
  });

  test("A resumed export has the same index as one without a stop", () => {
    const index = (name: string) => linesOf(join(folder, `${name}.cdxj`));
    expect(index("stopped")).toEqual(index("whole"));
  });
});

test("A damaged record of the progress is named, with what to do", async () => {
  const file = join(folder, "damaged.warc.gz");
  writeFileSync(`${file}.progress.part`, '{"request": "all');
  await expect(exportUntil(-1, { format: "warc", file, request })).rejects.toThrow(
    /damaged\.warc\.gz\.progress\.part can't be read: .*--force/,
  );
});

test("A resumed WACZ export has the same pages, index and records as one without a stop", async (context: TestContext) => {
  const python = warcReader();
  if (!python) context.skip("Python's warcio can't be installed here");
  const files = ["whole", "stopped"].map((name) => join(folder, `${name}.wacz`));
  const [whole = "", stopped = ""] = files;
  await exportArchive(store, SLICE, { format: "wacz", file: whole, onCapture() {} });
  const how = { format: "wacz", file: stopped, request } as const;
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
