import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { ExportedArticle } from "../../../../../archive/export/rows.ts";
import { daysOfParquet, fileOfParquet } from "../../../../../archive/export/writers.ts";
import { askParquet, checkQuery } from "../../../../../bin/commands/archive/duckdb.ts";
import { hasDuckDb } from "../../../../helpers/duckdb.ts";

const root = mkdtempSync(join(tmpdir(), "newsgather-duckdb-"));
const at = (name: string) => join(root, name);
const articles = ["2026-11-24", "2026-11-25", "2026-11-25"].map((day, n) => {
  const publishedAt = new Date(`${day}T09:00:00Z`);
  return { id: `a${n}`, day, topics: ["egov"], wordCount: 5, publishedAt } as ExportedArticle;
});
beforeAll(async () => {
  for (const name of ["days", "none"]) {
    mkdirSync(at(name));
    writeFileSync(join(at(name), "_manifest.json"), "{}");
  }
  const [days, file] = [daysOfParquet(at("days"), []), fileOfParquet(at("one.parquet"))];
  for (const article of articles) for (const one of [days, file]) await one.add(article);
  for (const one of [days, file, fileOfParquet(at("none.parquet"))]) await one.flush();
});
afterAll(() => rmSync(root, { recursive: true }));

async function ask(from: string, sql: string): Promise<object[]> {
  return askParquet(at(from), sql, async (_, chunks) => {
    const rows: object[] = [];
    for await (const chunk of chunks) rows.push(...chunk);
    return rows;
  });
}

test("without DuckDB a query says how to install it", async () => {
  const missing = () => Promise.reject(new Error("Cannot find package"));
  await expect(checkQuery("select 1", missing)).rejects.toMatchObject({
    exit: 1,
    message: expect.stringMatching(/needs DuckDB.*npm install .*@duckdb\/node-api@\d/),
  });
});

test("the version that a message names is the one that is installed", async () => {
  const manifest = JSON.parse(
    readFileSync(new URL("../../../../../package.json", import.meta.url), "utf8"),
  ) as { optionalDependencies: Record<string, string> };
  const wanted = `@duckdb/node-api@${manifest.optionalDependencies["@duckdb/node-api"]}`;
  const missing = () => Promise.reject(new Error("Cannot find package"));
  await expect(checkQuery("select 1", missing)).rejects.toThrow(wanted);
});

test("a query of what is no export says how to write one", async () => {
  await expect(ask("nowhere", "select 1")).rejects.toMatchObject({
    exit: 2,
    message: `${at("nowhere")} contains no export: write one with \`newsgather export --format parquet -o ${at("nowhere")}\``,
  });
});

describe.skipIf(!hasDuckDb())("with DuckDB", () => {
  test.each(["days", "one.parquet"])("a query reads the articles of %s", async (from) => {
    const sql = "select day, count(*)::int as n from articles group by day order by day";
    expect(await ask(from, sql)).toEqual([
      { day: "2026-11-24", n: 1 },
      { day: "2026-11-25", n: 2 },
    ]);
  });

  test.each(["none", "none.parquet"])("an export without articles (%s) has none", async (from) => {
    expect(await ask(from, "select count(*)::int as n from articles")).toEqual([{ n: 0 }]);
  });

  test("a table without articles has the types of one with some", async () => {
    const sql = "select column_name, column_type from (describe articles) order by column_name";
    const types = await ask("one.parquet", sql);
    expect(await ask("none", sql)).toEqual(types);
    expect(types).toContainEqual({ column_name: "day", column_type: "DATE" });
  });

  test("a wrong query is told before anything is read, in DuckDB's words", async () => {
    await expect(checkQuery("select mistake from articles")).rejects.toMatchObject({
      exit: 2,
      message: expect.stringContaining('"mistake" not found'),
    });
    await expect(checkQuery("delete from articles")).rejects.toMatchObject({ exit: 2 });
    await expect(checkQuery("select title from articles")).resolves.toBeUndefined();
  });
});
