import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { askParquet } from "../../../bin/duckdb.ts";

const folder = mkdtempSync(join(tmpdir(), "newsgather-export-"));
writeFileSync(join(folder, "manifest.json"), "{}");
afterAll(() => rmSync(folder, { recursive: true }));

/** A DuckDB whose connection answers every query with one row, and no query that has a mistake. */
function fakeDuckDb() {
  const ran: string[] = [];
  let closed = 0;
  const connection = {
    run: async (sql: string) => void ran.push(sql),
    extractStatements: async () => ({ count: 1, prepare: async () => ({ statementType: 1 }) }),
    async stream(sql: string) {
      if (sql.includes("mistake")) throw new Error('Parser Error: syntax error at "mistake"');
      ran.push(sql);
      return {
        columnNames: () => ["n"],
        async *yieldRowObjectJson() {
          yield [{ n: 1 }];
        },
      };
    },
    closeSync: () => void closed++,
  };
  const DuckDBInstance = { create: async () => ({ connect: async () => connection }) };
  return { load: async () => ({ DuckDBInstance }), ran, closed: () => closed };
}

const firstRow = async (columns: string[], rows: AsyncIterable<object[]>) => {
  for await (const row of rows) return [columns, row];
  return null;
};

test("without DuckDB a query says how to install it", async () => {
  const missing = () => Promise.reject(new Error("Cannot find package"));
  const answer = askParquet(folder, "select 1", firstRow, missing);
  await expect(answer).rejects.toMatchObject({
    exit: 2,
    message: expect.stringMatching(
      /needs DuckDB: npm install --no-save --save-optional @duckdb\/node-api@\d/,
    ),
  });
});

test("a query of a folder without an export says how to write one", async () => {
  const answer = askParquet("/nowhere", "select 1", firstRow, fakeDuckDb().load);
  await expect(answer).rejects.toMatchObject({
    exit: 2,
    message: "/nowhere holds no export: newsgather export --format parquet -o /nowhere",
  });
});

test("a query reads the export's files as the table of articles", async () => {
  const { load, ran, closed } = fakeDuckDb();
  const answer = await askParquet(folder, "select count(*) as n from articles", firstRow, load);
  expect(answer).toEqual([["n"], [{ n: 1 }]]);
  expect(ran).toEqual([
    expect.stringContaining(`read_parquet('${folder}/*/*.parquet'`),
    `SET allowed_directories = ['${folder}/']`,
    "SET enable_external_access = false",
    "SET lock_configuration = true",
    "select count(*) as n from articles",
  ]);
  expect(closed()).toBe(1);
});

test("a wrong query fails with DuckDB's own words, and closes its connection", async () => {
  const { load, closed } = fakeDuckDb();
  const answer = askParquet(folder, "select mistake", firstRow, load);
  await expect(answer).rejects.toMatchObject({
    exit: 2,
    message: 'Parser Error: syntax error at "mistake"',
  });
  expect(closed()).toBe(1);
});
