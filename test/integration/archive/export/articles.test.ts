import { createHash } from "node:crypto";
import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects } from "hyparquet";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { exportArticleFiles } from "../../../../archive/export/articles.ts";
import { COLUMNS } from "../../../../archive/export/rows.ts";
import type { Store } from "../../../../store/store.ts";
import { makeArticle } from "../../../helpers/articles.ts";
import { startTestDatabase, type TestDatabase } from "../../../helpers/database.ts";

const ALL = {
  sources: null,
  since: new Date(0),
  until: new Date("2030-01-01"),
  purpose: "analysis",
  judgedAt: new Date(),
} as const;
const PLAIN = { request: "all", resume: false, now: () => new Date(), onArticle() {} };
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
      fieldScore: 0.75,
    }),
    makeArticle("erased", { contentHash: "" }),
  ]);
});

afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await database.close();
});

const write = async (format: "jsonl" | "csv" | "parquet", name: string, slice = {}) => {
  const how = { format, output: join(folder, name), ...PLAIN };
  return (await exportArticleFiles(store, () => ({ ...ALL, ...slice }), how)).articles;
};

const sha256 = (path: string) => createHash("sha256").update(readFileSync(path)).digest("hex");

interface Manifest {
  articles: number;
  schemaVersion: number;
  files: { file: string; bytes: number; sha256: string }[];
}

const manifest = (path: string) => JSON.parse(readFileSync(join(folder, path), "utf8")) as Manifest;

describe("as JSON lines", () => {
  let count: number;
  let articles: Record<string, unknown>[];
  beforeAll(async () => {
    count = await write("jsonl", "all.jsonl");
    const lines = readFileSync(join(folder, "all.jsonl"), "utf8").trim().split("\n");
    articles = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  });

  test("Articles are in the order of their publication", () => {
    expect(articles.map(({ id }) => id)).toEqual(["a", "b", "c"]);
  });

  test("An erased article isn't exported", () => {
    expect(count).toBe(3);
  });

  test("A retracted article is exported with its status", () => {
    expect(articles[2]).toMatchObject({
      status: "retracted",
      fieldScore: 0.75,
      publishedAt: null,
    });
  });

  test("An article has every column", () => {
    const names = COLUMNS.map(({ name }) => name);
    expect(new Set(Object.keys(articles[0] ?? {}))).toEqual(new Set(names));
  });

  test("The manifest has the digest of the file", () => {
    expect(manifest("all.jsonl.manifest.json")).toMatchObject({
      schemaVersion: 1,
      articles: 3,
      files: [{ file: "all.jsonl", sha256: sha256(join(folder, "all.jsonl")) }],
    });
  });
});

test("An export can be narrowed to sources", async () => {
  expect(await write("jsonl", "towns.jsonl", { sources: ["towns"] })).toBe(1);
});

test("An export can be narrowed to a time", async () => {
  const day = { since: new Date("2026-11-21"), until: new Date("2026-11-21T10:00:00Z") };
  expect(await write("jsonl", "day.jsonl", day)).toBe(1);
});

describe("as CSV", () => {
  let count: number;
  let csv: string;
  beforeAll(async () => {
    count = await write("csv", "all.csv");
    csv = readFileSync(join(folder, "all.csv"), "utf8");
  });

  test("CSV has every article", () => {
    expect(count).toBe(3);
  });

  test("CSV begins with a byte order mark and the names of the columns", () => {
    const names = COLUMNS.map(({ name }) => name).join(",");
    expect(csv.startsWith(`\uFEFF${names}\r\n`)).toBe(true);
  });

  test("No cell of CSV is a formula", () => {
    expect(csv).toContain(`"'=HYPERLINK(""https://evil.example"")"`);
  });

  test("A text with quotes and line breaks is quoted in CSV", () => {
    expect(csv).toContain('"Says ""yes"",\n\nthen\tgoes on; \u4f60\u597d."');
  });

  test("Several authors are one cell of CSV", () => {
    expect(csv).toContain("Ada Example; Bo Example");
  });

  test("Times in CSV are in UTC", () => {
    expect(csv).toContain("2026-11-21T09:00:00.000Z");
  });
});

describe("as Parquet", () => {
  type File = Awaited<ReturnType<typeof asyncBufferFromFile>>;
  let count: number;
  let root: string;
  let path: string;
  let file: File;
  beforeAll(async () => {
    count = await write("parquet", "all");
    root = join(folder, "all");
    path = join(root, "day=2026-11-21/articles.parquet");
    file = await asyncBufferFromFile(path);
  });

  test("Parquet has a folder for each day", () => {
    expect(count).toBe(3);
    expect(readdirSync(root).toSorted()).toEqual([
      "_manifest.json",
      "day=2026-11-20",
      "day=2026-11-21",
    ]);
  });

  test("The columns of Parquet are typed", async () => {
    const { num_rows: rows, schema } = await parquetMetadataAsync(file);
    expect(rows).toBe(2n);
    expect(schema.find(({ name }) => name === "firstSeenAt")?.converted_type).toBe(
      "TIMESTAMP_MILLIS",
    );
  });

  test("An article is read from Parquet as it was stored", async () => {
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
      fieldScore: 0.75,
      topics: ["smart-city"],
    });
  });

  test("The manifest has the digest of each day's file", () => {
    const digests = manifest("all/_manifest.json").files.map((one) => [one.file, one.sha256]);
    expect(digests).toContainEqual(["day=2026-11-21/articles.parquet", sha256(path)]);
  });
});

describe("as one file of Parquet", () => {
  let file: Awaited<ReturnType<typeof asyncBufferFromFile>>;
  beforeAll(async () => {
    await write("parquet", "one.parquet");
    file = await asyncBufferFromFile(join(folder, "one.parquet"));
  });

  test("A name that ends in .parquet is a file with every article and its day", async () => {
    const rows = await parquetReadObjects({ file });
    expect(rows.map(({ id, day }) => [id, day])).toEqual([
      ["a", "2026-11-20"],
      ["b", "2026-11-21"],
      ["c", "2026-11-21"],
    ]);
  });

  test("The manifest has the digest of the file", () => {
    const sha = sha256(join(folder, "one.parquet"));
    const files = [{ file: "one.parquet", sha256: sha }];
    expect(manifest("one.parquet.manifest.json")).toMatchObject({ articles: 3, files });
  });

  test("A file without articles has its columns", async () => {
    await write("parquet", "none.parquet", { sources: ["none"] });
    const none = await asyncBufferFromFile(join(folder, "none.parquet"));
    const { schema, num_rows: rows } = await parquetMetadataAsync(none);
    expect(rows).toBe(0n);
    expect(schema.map(({ name }) => name)).toContain("title");
  });
});

describe("an export of what is there", () => {
  const exportTo = (output: string) =>
    exportArticleFiles(store, () => ALL, { format: "parquet", output, ...PLAIN });

  test.each([
    ["a file", "kept.parquet"],
    ["a folder", "kept"],
  ])("replaces %s of an earlier export", async (_, name) => {
    await exportTo(join(folder, name));
    expect(await exportTo(join(folder, name))).toMatchObject({ articles: 3 });
    expect(readdirSync(folder).filter((one) => /\.(part|old)$/.test(one))).toEqual([]);
  });

  test("replaces a folder of an earlier export with a file", async () => {
    await exportTo(join(folder, "before"));
    renameSync(join(folder, "before"), join(folder, "before.parquet"));
    await exportTo(join(folder, "before.parquet"));
    expect(statSync(join(folder, "before.parquet")).isFile()).toBe(true);
  });

  test("never removes a folder of something else", async () => {
    const there = mkdtempSync(join(folder, "there-"));
    writeFileSync(join(there, "mine"), "");
    await expect(exportTo(there)).rejects.toThrow("no manifest of an export");
    expect(readdirSync(there)).toEqual(["mine"]);
  });

  test("fills an empty folder, also where its name ends in a slash", async () => {
    const there = mkdtempSync(join(folder, "empty-"));
    expect(await exportTo(`${there}/`)).toMatchObject({ articles: 3 });
    expect(readdirSync(there)).toContain("_manifest.json");
  });
});

describe.each(["jsonl", "csv", "parquet"] as const)(
  "an export of %s that was stopped",
  (format) => {
    let whole: string;
    let stopped: string;
    /** How the attempts failed. */
    const failures: unknown[] = [];
    const counted: number[] = [];
    let exported: number;
    let parts: string[];
    beforeAll(async () => {
      [whole, stopped] = [join(folder, `whole-${format}`), join(folder, `stopped-${format}`)];
      await exportArticleFiles(store, () => ALL, { format, output: whole, ...PLAIN });
      const how = { format, output: stopped, ...PLAIN };
      // The third article is of the second day, of which nothing counts then.
      const stop = (count: number) => {
        if (count === 3) throw new Error("stopped");
      };
      const fail = async (overrides: object) => {
        const attempt = exportArticleFiles(store, () => ALL, { ...how, ...overrides });
        failures.push(await attempt.catch((error: unknown) => error));
      };
      await fail({ onArticle: stop });
      await fail({ request: "other", resume: true });
      const again = {
        ...how,
        resume: true,
        onArticle: (count: number) => void counted.push(count),
      };
      exported = (await exportArticleFiles(store, () => ALL, again)).articles;
      parts = readdirSync(folder).filter((name) => name.endsWith(".part"));
    });

    test("A stop ends the export", () => {
      expect(failures[0]).toMatchObject({ message: expect.stringContaining("stopped") });
    });

    test("Another export doesn't go on from where this one stopped", () => {
      const message = expect.stringMatching(/belongs to another export \(all\)/);
      expect(failures[1]).toMatchObject({ message });
    });

    test("A resumed export goes on behind the last whole day", () => {
      expect(exported).toBe(3);
      expect(counted).toEqual([2, 3]);
    });

    test("A resumed export has the same files as one without a stop", () => {
      const suffix = format === "parquet" ? "/_manifest.json" : ".manifest.json";
      const filesOf = (path: string) => {
        const { files, articles } = manifest(basename(path) + suffix);
        return { articles, files: files.map(({ bytes, sha256: hash }) => [bytes, hash]) };
      };
      expect(filesOf(stopped)).toEqual(filesOf(whole));
    });

    test("A finished export leaves no partial files", () => {
      expect(parts).toEqual([]);
    });
  },
);
