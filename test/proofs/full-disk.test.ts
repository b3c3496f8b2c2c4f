import { randomBytes } from "node:crypto";
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { readLines, writeLines } from "../../archive/backup/file.ts";
import { type IndexFile, openIndex } from "../../archive/search/index-file.ts";
import { writeExport } from "../../archive/write-export.ts";
import { EXPORT_FORMATS } from "../../model/archive/export.ts";
import type { Store } from "../../store/store.ts";
import { openFiles } from "../../store/tiers/files.ts";
import { makeSource } from "../helpers/articles.ts";
import { startTestDatabase, type TestDatabase } from "../helpers/database.ts";
import { makeDocument } from "../helpers/judged-search.ts";
import { mountSmallDisk } from "../helpers/small-disk.ts";
import { storeOldArticles } from "../helpers/stored-pages.ts";

const PAGE_BYTES = 4096;
const ENOUGH = "200m";
const noise = (bytes: number) => randomBytes(bytes).toString("base64");

let folder: string;
let disk: ReturnType<typeof mountSmallDisk>;
beforeEach(({ skip }) => {
  folder = mkdtempSync(join(tmpdir(), "newsgather-full-"));
  disk = mountSmallDisk(folder, ENOUGH);
  skip(!disk, "this user can't mount a file system");
});
afterEach(() => {
  disk?.close();
  rmSync(folder, { recursive: true, force: true });
});

/**
 * Runs `write` on a disk of `step` pages, then of twice as many, and so on, until it succeeds. After
 * each failure, calls `check` with enough space. Returns the number of failures.
 */
async function onFullDisks(
  write: () => Promise<unknown>,
  check: (failure: Error) => Promise<void>,
  step = 1,
): Promise<number> {
  for (let failures = 0; ; failures++) {
    disk?.enlarge(`${(failures + 1) * step * PAGE_BYTES}`);
    const failure = await write().then(
      () => null,
      (error: Error) => error,
    );
    disk?.enlarge(ENOUGH);
    if (!failure) return failures;
    await check(failure);
    for (const name of readdirSync(folder)) rmSync(join(folder, name), { recursive: true });
  }
}

describe("an export", () => {
  let database: TestDatabase;
  let store: Store;
  beforeAll(async () => {
    database = await startTestDatabase(import.meta.filename);
    store = await database.open("full");
    await store.collections.sources.insertOne(makeSource("cities"));
    await storeOldArticles(store, 0, 60);
  });
  afterAll(() => database.close());

  const params = {
    purpose: "analysis" as const,
    sources: null,
    where: null,
    search: null,
    since: new Date(0),
    until: new Date("2999-01-01"),
    asOf: null,
  };
  const namesAndSizes = (files: { name: string; bytes: number }[]) =>
    // Of these, the times inside differ from run to run.
    files.map(({ name, bytes }) => (/warc|wacz/.test(name) ? { name } : { name, bytes }));

  test.each(EXPORT_FORMATS)("as %s ends whole, wherever the disk was full", async (format) => {
    const counted = { articles: 0 };
    const write = () => {
      const one = { params: { ...params, format }, requestedAt: new Date("2026-12-01") };
      return writeExport({ store }, join(folder, "own"), one, (count) => {
        counted.articles = count;
      });
    };
    const whole = await write();
    const all = counted.articles;
    expect(all).toBeGreaterThan(50);
    rmSync(join(folder, "own"), { recursive: true });
    const check = async (failure: Error) => {
      expect(failure).toMatchObject({ code: "ENOSPC" });
      const again = await write();
      expect(namesAndSizes(again.files)).toEqual(namesAndSizes(whole.files));
      expect(counted.articles).toBe(all);
    };
    const step = format === "warc" || format === "wacz" ? 8 : 1;
    expect(await onFullDisks(write, check, step)).toBeGreaterThan(2);
  });
});

test("a backup that meets a full disk leaves no file, and the next one is whole", async () => {
  const lines = Array.from({ length: 20 }, () => noise(1500));
  const file = join(folder, "backup.gz");
  const write = () =>
    writeLines(
      file,
      (async function* () {
        yield* lines;
      })(),
      async () => {},
    );
  const failures = await onFullDisks(write, async (failure) => {
    expect(failure).toMatchObject({ code: "ENOSPC" });
    expect(readdirSync(folder)).toEqual([]);
    await write();
    const stored: string[] = [];
    for await (const line of readLines(file)) stored.push(line);
    expect(stored).toEqual(lines);
  });
  expect(failures).toBeGreaterThan(2);
});

test("a body that meets a full disk leaves no file, and is stored whole later", async () => {
  const bytes = randomBytes(20_000);
  const id = "ab".repeat(32);
  const write = () => openFiles(join(folder, "bodies")).put(id, bytes);
  const failures = await onFullDisks(write, async () => {
    const tier = openFiles(join(folder, "bodies"));
    await tier.put(id, bytes);
    expect(Buffer.from((await tier.get(id)) ?? [])).toEqual(bytes);
    expect(readdirSync(join(folder, "bodies", "unfinished"))).toEqual([]);
  });
  expect(failures).toBeGreaterThan(2);
});

describe("the search index on a full disk", () => {
  const words = () => Array.from({ length: 5_000 }, () => noise(5)).join(" ");
  const put = (index: IndexFile, id: string, seq: number) =>
    index.put({ articleIds: [id], documents: [makeDocument(id, { text: words() })] }, at(seq));
  const at = (seq: number) => ({ seq, epoch: 0 });
  let index: IndexFile;
  beforeEach(() => {
    index = openIndex(join(folder, "search.db"));
  });
  afterEach(() => index.close());

  test("keeps its state when a change can't be written, and takes the change later", () => {
    put(index, "a", 1);
    disk?.enlarge("600k");
    expect(() => put(index, "b", 2)).toThrow("disk I/O error");
    expect(index.state().at).toEqual(at(1));
    expect(index.count()).toBe(1);
    disk?.enlarge(ENOUGH);
    expect(put(index, "b", 2)).toBe(true);
    expect(index.count()).toBe(2);
  });

  test("can be built anew after a build failed, as often as it did", () => {
    put(index, "a", 1);
    const build = () => {
      index.begin();
      for (let one = 0; one < 20; one++) {
        const id = `b${one}`;
        index.add({ articleIds: [id], documents: [makeDocument(id, { text: words() })] });
      }
      index.finish(at(2));
    };
    disk?.enlarge("2m");
    for (let attempt = 0; attempt < 3; attempt++) {
      expect(build).toThrow("disk I/O error");
      expect(index.count()).toBe(1);
    }
    disk?.enlarge(ENOUGH);
    build();
    expect(index.count()).toBe(20);
    expect(readdirSync(folder)).toEqual(["search.db"]);
    expect(existsSync(join(folder, "search.db.lock"))).toBe(false);
  });
});
