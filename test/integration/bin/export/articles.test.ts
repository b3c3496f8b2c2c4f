import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects } from "hyparquet";
import { afterAll, beforeAll, expect, test } from "vitest";
import { exportArticleFiles } from "../../../../bin/export/articles.ts";
import { COLUMNS } from "../../../../bin/export/columns.ts";
import type { Store } from "../../../../store/store.ts";
import { makeArticle } from "../../../helpers/articles.ts";
import { startTestDatabase, type TestDatabase } from "../../../helpers/database.ts";

const ALL = { sources: null, since: new Date(0), until: new Date("2030-01-01") };
const PLAIN = { asked: "all", resume: false, now: () => new Date(), onArticle() {} };
const TEXT = 'Says "yes",\n\nthen\tgoes on; \u4f60\u597d.';

let database: TestDatabase;
let store: Store;
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "newsgather-export-"));
  database = await startTestDatabase(import.meta.filename);
  store = await database.open("articles");
  await store.collections.articles.insertMany([
    makeArticle("b", {
      title: '=HYPERLINK("https://evil.example")',
      text: TEXT,
      authors: ["Ada Example", "Bo Example"],
      sortAt: new Date("2026-11-21T09:00:00Z"),
    }),
    makeArticle("a", { sortAt: new Date("2026-11-20T09:00:00Z"), authors: null, region: null }),
    makeArticle("c", {
      sourceId: "towns",
      sortAt: new Date("2026-11-21T10:00:00Z"),
      publishedAt: null,
      status: "retracted",
      completeness: 0.75,
    }),
    makeArticle("erased", { contentHash: "" }),
  ]);
});

afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await database.close();
});

const write = (format: "jsonl" | "csv" | "parquet", name: string, slice = {}) => {
  const output = join(folder, name);
  return exportArticleFiles(store, () => ({ ...ALL, ...slice }), { format, output, ...PLAIN });
};

const sha256 = (path: string) => createHash("sha256").update(readFileSync(path)).digest("hex");

interface Manifest {
  articles: number;
  schemaVersion: number;
  files: { file: string; bytes: number; sha256: string }[];
}

const manifest = (path: string) => JSON.parse(readFileSync(join(folder, path), "utf8")) as Manifest;

test("JSON lines come by publication, erased ones left out, with a manifest that tells their digest", async () => {
  expect(await write("jsonl", "all.jsonl")).toBe(3);
  const lines = readFileSync(join(folder, "all.jsonl"), "utf8").trim().split("\n");
  const read = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(read.map(({ id }) => id)).toEqual(["a", "b", "c"]);
  expect(read[2]).toMatchObject({ status: "retracted", completeness: 0.75, publishedAt: null });
  expect(new Set(Object.keys(read[0] ?? {}))).toEqual(new Set(COLUMNS.map(({ name }) => name)));
  expect(manifest("all.jsonl.manifest.json")).toMatchObject({
    schemaVersion: 1,
    articles: 3,
    files: [{ file: "all.jsonl", sha256: sha256(join(folder, "all.jsonl")) }],
  });
});

test("sources and times narrow it", async () => {
  expect(await write("jsonl", "towns.jsonl", { sources: ["towns"] })).toBe(1);
  const day = { since: new Date("2026-11-21"), until: new Date("2026-11-21T10:00:00Z") };
  expect(await write("jsonl", "day.jsonl", day)).toBe(1);
});

test("CSV is quoted, and no cell is a formula", async () => {
  expect(await write("csv", "all.csv")).toBe(3);
  const csv = readFileSync(join(folder, "all.csv"), "utf8");
  expect(csv.startsWith(`\uFEFF${COLUMNS.map(({ name }) => name).join(",")}\r\n`)).toBe(true);
  expect(csv).toContain(`"'=HYPERLINK(""https://evil.example"")"`);
  expect(csv).toContain('"Says ""yes"",\n\nthen\tgoes on; \u4f60\u597d."');
  expect(csv).toContain("Ada Example; Bo Example");
  expect(csv).toContain("2026-11-21T09:00:00.000Z");
});

test("Parquet is typed and lies in a folder per day", async () => {
  expect(await write("parquet", "all")).toBe(3);
  const root = join(folder, "all");
  expect(readdirSync(root).toSorted()).toEqual([
    "day=2026-11-20",
    "day=2026-11-21",
    "manifest.json",
  ]);
  const path = join(root, "day=2026-11-21/articles.parquet");
  const file = await asyncBufferFromFile(path);
  const { num_rows: rows, schema } = await parquetMetadataAsync(file);
  expect(rows).toBe(2n);
  expect(schema.find(({ name }) => name === "firstSeenAt")?.converted_type).toBe(
    "TIMESTAMP_MILLIS",
  );
  const [b, c] = await parquetReadObjects({ file });
  expect(b).toMatchObject({
    id: "b",
    text: TEXT,
    authors: ["Ada Example", "Bo Example"],
    version: 1,
  });
  expect(b?.["publishedAt"]).toEqual(new Date("2026-11-21T09:00:00Z"));
  expect(c).toMatchObject({
    id: "c",
    publishedAt: null,
    completeness: 0.75,
    topics: ["smart-city"],
  });
  const told = manifest("all/manifest.json").files.map(({ file: name, sha256: hash }) => [
    name,
    hash,
  ]);
  expect(told).toContainEqual(["day=2026-11-21/articles.parquet", sha256(path)]);
});

test("a folder that holds something is left alone", async () => {
  const there = mkdtempSync(join(folder, "there-"));
  writeFileSync(join(there, "mine"), "");
  const output = { format: "parquet", output: there, ...PLAIN } as const;
  await expect(exportArticleFiles(store, () => ALL, output)).rejects.toThrow("is not empty");
  expect(readdirSync(there)).toEqual(["mine"]);
});

test.each(["jsonl", "csv", "parquet"] as const)(
  "an export of %s that was stopped goes on behind the last whole day, to the same files",
  async (format) => {
    const [whole, stopped] = [join(folder, `whole-${format}`), join(folder, `stopped-${format}`)];
    await exportArticleFiles(store, () => ALL, { format, output: whole, ...PLAIN });
    const how = { format, output: stopped, ...PLAIN };
    // The third article is of the second day, of which nothing counts then.
    const stop = (count: number) => {
      if (count === 3) throw new Error("stopped");
    };
    const ended = exportArticleFiles(store, () => ALL, { ...how, onArticle: stop });
    await expect(ended).rejects.toThrow("stopped");
    const other = exportArticleFiles(store, () => ALL, { ...how, asked: "other", resume: true });
    await expect(other).rejects.toThrow(/is of another export \(all\)/);
    const counted: number[] = [];
    const again = { ...how, resume: true, onArticle: (count: number) => void counted.push(count) };
    expect(await exportArticleFiles(store, () => ALL, again)).toBe(3);
    expect(counted).toEqual([2, 3]);
    const told = format === "parquet" ? "/manifest.json" : ".manifest.json";
    const files = (of: string) => {
      const { files: all, articles } = manifest(basename(of) + told);
      return { articles, files: all.map(({ bytes, sha256: hash }) => [bytes, hash]) };
    };
    expect(files(stopped)).toEqual(files(whole));
    expect(readdirSync(folder).filter((name) => name.endsWith(".part"))).toEqual([]);
  },
);

test("the data dictionary in docs/archive.md is that of the columns", () => {
  const docs = readFileSync(new URL("../../../../docs/archive.md", import.meta.url), "utf8");
  const rows = COLUMNS.map(({ name, type, about }) => `| \`${name}\` | ${type} | ${about} |`);
  expect(docs).toContain(rows.join("\n"));
});
