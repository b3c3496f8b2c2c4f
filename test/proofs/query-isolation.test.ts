import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { askParquet } from "../../bin/duckdb.ts";

const KEPT = resolve("data/test-duckdb");
const PEER = "@duckdb/node-api";

/** DuckDB's client, installed once and kept; null where it can't be installed. */
function loadDuckDb(): (() => Promise<unknown>) | null {
  try {
    if (!existsSync(join(KEPT, "node_modules", PEER))) {
      mkdirSync(KEPT, { recursive: true });
      writeFileSync(join(KEPT, "package.json"), "{}");
      const args = ["install", "--no-save", "--no-audit", "--no-fund", `${PEER}@1.5.6-r.1`];
      execFileSync("npm", args, { cwd: KEPT, stdio: "ignore", timeout: 120_000 });
    }
    const duckDb: unknown = createRequire(join(KEPT, "package.json"))(PEER);
    return () => Promise.resolve(duckDb);
  } catch {
    return null;
  }
}

interface Writer {
  DuckDBInstance: {
    create(path: string): Promise<{ connect(): Promise<{ run(sql: string): Promise<unknown> }> }>;
  };
}

const load = loadDuckDb();
const root = mkdtempSync(join(tmpdir(), "newsgather-query-"));
const folder = join(root, "it's an export");
let asked = 0;
const server = createServer((_, response) => {
  asked++;
  response.end("secret\n");
});
let site: string;
beforeAll(async () => {
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  site = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  mkdirSync(join(folder, "year=2026"), { recursive: true });
  writeFileSync(join(folder, "manifest.json"), "{}");
  writeFileSync(join(root, "secret.csv"), "secret\n");
  if (!load) return;
  const { DuckDBInstance } = (await load()) as Writer;
  const writer = await (await DuckDBInstance.create(":memory:")).connect();
  const file = `${folder}/year=2026/a.parquet`.replaceAll("'", "''");
  await writer.run(`COPY (SELECT 'DE' AS country) TO '${file}' (FORMAT parquet)`);
});
afterAll(() => {
  server.close();
  rmSync(root, { recursive: true });
});

async function ask(sql: string): Promise<object[]> {
  return askParquet(
    folder,
    sql,
    async (_, chunks) => {
      const rows: object[] = [];
      for await (const chunk of chunks) rows.push(...chunk);
      return rows;
    },
    load ?? undefined,
  );
}

describe.skipIf(!load)("a query", () => {
  test("reads the articles of its export", async () => {
    expect(await ask("select country, year from articles")).toEqual([
      { country: "DE", year: "2026" },
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
      () => `copy (select 1) to '${folder.replaceAll("'", "''")}/year=2026/a.parquet'`,
    ],
    ["hides no write behind a read", () => `select 1; export database '${root}/all'`],
    ["can't take these bounds away", () => "set enable_external_access = true"],
  ])("%s", async (_, sql) => {
    const before = readdirSync(root, { recursive: true, encoding: "utf8" }).toSorted();
    await expect(ask(sql())).rejects.toMatchObject({
      message: expect.stringMatching(/only SELECT is allowed|Permission Error|disabled/),
    });
    expect(readdirSync(root, { recursive: true, encoding: "utf8" }).toSorted()).toEqual(before);
    expect(asked).toBe(0);
    expect(await ask("select country from articles")).toEqual([{ country: "DE" }]);
  });
});
