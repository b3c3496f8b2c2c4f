import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { exportArticleFiles } from "../../archive/export/articles.ts";
import { COLUMNS } from "../../archive/export/rows.ts";
import { askParquet } from "../../bin/commands/archive/duckdb.ts";
import { makeArticle } from "../helpers/articles.ts";
import { startTestDatabase, type TestDatabase } from "../helpers/database.ts";
import { hasDuckDb } from "../helpers/duckdb.ts";
import { pythonWith } from "../helpers/python.ts";

const python = pythonWith("pyarrow==26.0.1", "pandas==3.1.1");
const folder = mkdtempSync(join(tmpdir(), "newsgather-readers-"));
let database: TestDatabase;

beforeAll(async () => {
  database = await startTestDatabase(import.meta.filename);
  const store = await database.open("readers");
  await store.collections.articles.insertMany([
    makeArticle("a", { sortAt: new Date("2026-11-20T09:00:00Z") }),
    makeArticle("b", { sortAt: new Date("2026-11-21T09:00:00Z"), authors: ["Ada Example"] }),
  ]);
  const slice = {
    sources: null,
    since: new Date(0),
    until: new Date("2030-01-01"),
    purpose: "analysis",
    judgedAt: new Date(),
  } as const;
  for (const name of ["days", "one.parquet"]) {
    await exportArticleFiles(store, () => slice, {
      format: "parquet",
      output: join(folder, name),
      request: "",
      resume: false,
      now: () => new Date(),
      onArticle() {},
    });
  }
});
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await database?.close();
});

const READ = `
import json, sys
import pandas, pyarrow.parquet
table = pyarrow.parquet.read_table(sys.argv[1])
frame = pandas.read_parquet(sys.argv[1]).sort_values("id")
print(json.dumps({
  "columns": sorted(table.column_names),
  "ids": sorted(table.column("id").to_pylist()),
  "days": [str(day) for day in frame["day"]],
  "authors": [[str(one) for one in names] for names in frame["authors"][1:]],
}))`;

describe.each(["days", "one.parquet"])("what is exported as %s", (name) => {
  test.skipIf(!python)("is read by pyarrow and pandas", () => {
    expect(JSON.parse(python?.(READ, join(folder, name)) ?? "")).toEqual({
      columns: COLUMNS.map((column) => column.name).toSorted(),
      ids: ["a", "b"],
      days: ["2026-11-20", "2026-11-21"],
      authors: [["Ada Example"]],
    });
  });

  test.skipIf(!hasDuckDb())("is read by DuckDB", async () => {
    const sql = "select id, day, authors from articles order by id";
    const rows = await askParquet(join(folder, name), sql, async (_, chunks) => {
      const found: object[] = [];
      for await (const chunk of chunks) found.push(...chunk);
      return found;
    });
    expect(rows).toMatchObject([
      { id: "a", day: "2026-11-20" },
      { id: "b", day: "2026-11-21", authors: ["Ada Example"] },
    ]);
  });
});

test("a folder's manifest has a name that readers skip", () => {
  expect(readdirSync(join(folder, "days"))).toContain("_manifest.json");
  expect(existsSync(join(folder, "one.parquet.manifest.json"))).toBe(true);
});
