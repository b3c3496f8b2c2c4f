import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { askParquet } from "../../bin/commands/archive/duckdb.ts";

/** DuckDB's client; null where it isn't installed. */
const duckDb: unknown = await import("@duckdb/node-api").catch(() => null);

interface Writer {
  DuckDBInstance: {
    create(path: string): Promise<{ connect(): Promise<{ run(sql: string): Promise<unknown> }> }>;
  };
}

const root = mkdtempSync(join(tmpdir(), "newsgather-query-"));
const folder = join(root, "it's an export");
const file = join(root, "it's one.parquet");
let queries = 0;
const server = createServer((_, response) => {
  queries++;
  response.end("secret\n");
});
let site: string;
beforeAll(async () => {
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  site = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  mkdirSync(join(folder, "day=2026-11-25"), { recursive: true });
  writeFileSync(join(folder, "_manifest.json"), "{}");
  writeFileSync(join(root, "secret.csv"), "secret\n");
  if (!duckDb) return;
  const { DuckDBInstance } = duckDb as Writer;
  const writer = await (await DuckDBInstance.create(":memory:")).connect();
  const quoted = (path: string) => path.replaceAll("'", "''");
  const rows = "SELECT 'DE' AS country";
  const inDay = quoted(`${folder}/day=2026-11-25/a.parquet`);
  await writer.run(`COPY (${rows}) TO '${inDay}' (FORMAT parquet)`);
  await writer.run(`COPY (${rows}, '2026-11-25' AS day) TO '${quoted(file)}' (FORMAT parquet)`);
});
afterAll(() => {
  server.close();
  rmSync(root, { recursive: true });
});

async function ask(from: string, sql: string): Promise<object[]> {
  return askParquet(from, sql, async (_, chunks) => {
    const rows: object[] = [];
    for await (const chunk of chunks) rows.push(...chunk);
    return rows;
  });
}

describe.skipIf(!duckDb).each([
  ["a folder", folder],
  ["one file", file],
])("a query of %s", (_, from) => {
  test("reads the articles of its export", async () => {
    expect(await ask(from, "select country, day from articles")).toEqual([
      { country: "DE", day: "2026-11-25" },
    ]);
  });

  test.each([
    ["reads no other file", () => `select * from read_text('${root}/secret.csv')`],
    ["lists no folder", () => `select * from glob('${root}/*')`],
    ["reads nothing beside its export", () => "select * from read_text('secret.csv')"],
    ["asks no address", () => `select * from read_csv('${site}/x')`],
    ["opens no database", () => `attach '${root}/other.db'`],
    ["installs no extension", () => "install httpfs"],
    ["loads no extension", () => "load httpfs"],
    ["writes no file", () => `copy (select 1) to '${root}/out.csv'`],
    [
      "writes nothing into its export",
      () => `copy (select 1) to '${from.replaceAll("'", "''")}/day=2026-11-25/a.parquet'`,
    ],
    ["doesn't replace its export", () => `copy (select 1) to '${from.replaceAll("'", "''")}'`],
    ["hides no write behind a read", () => `select 1; export database '${root}/all'`],
    ["can't take these bounds away", () => "set enable_external_access = true"],
  ])("%s", async (_name, sql) => {
    const before = readdirSync(root, { recursive: true, encoding: "utf8" }).toSorted();
    await expect(ask(from, sql())).rejects.toMatchObject({
      message: expect.stringMatching(/only SELECT is allowed|Permission Error|disabled/),
    });
    expect(readdirSync(root, { recursive: true, encoding: "utf8" }).toSorted()).toEqual(before);
    expect(queries).toBe(0);
    expect(await ask(from, "select country from articles")).toEqual([{ country: "DE" }]);
  });
});
