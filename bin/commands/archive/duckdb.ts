import { existsSync } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { COLUMNS } from "../../../archive/export/rows.ts";
import { MANIFEST } from "../../../archive/export/target.ts";
import { CommandError } from "../../../lib/exit.ts";

/** DuckDB isn't available for every platform, so the package is optional. */
const PACKAGE = "@duckdb/node-api";
const VERSION = "1.5.6-r.1";

/** A row of a result as JSON values: times and large numbers are text. */
export type Row = Record<string, unknown>;

/** DuckDB's own types aren't available without its package. */
interface DuckDbPackage {
  DuckDBInstance: {
    create(
      path: string,
      options: Record<string, string>,
    ): Promise<{ connect(): Promise<Connection> }>;
  };
}
interface Connection {
  run(sql: string): Promise<unknown>;
  extractStatements(sql: string): Promise<{
    count: number;
    prepare(index: number): Promise<{ statementType: number }>;
  }>;
  stream(sql: string): Promise<{
    columnNames(): string[];
    yieldRowObjectJson(): AsyncIterable<Row[]>;
  }>;
  closeSync(): void;
}

const SELECT_STATEMENT_TYPE = 1;

const NO_EXTENSIONS = {
  autoinstall_known_extensions: "false",
  autoload_known_extensions: "false",
  allow_community_extensions: "false",
};

type Use<T> = (columns: string[], rows: AsyncIterable<Row[]>) => Promise<T>;

type Load = () => Promise<unknown>;
const loadPackage: Load = () => import(PACKAGE);

/**
 * Runs SQL over exported Parquet (table `articles`), without access to other files or the network.
 * Throws `CommandError` if the export or DuckDB is missing or the query is invalid.
 */
export async function askParquet<T>(
  from: string,
  sql: string,
  use: Use<T>,
  load: Load = loadPackage,
): Promise<T> {
  const path = resolve(from);
  const isFolder = (await stat(path).catch(() => null))?.isDirectory() ?? false;
  if (!existsSync(isFolder ? join(path, MANIFEST) : path)) {
    const hint = `write one with \`newsgather export --format parquet -o ${from}\``;
    throw new CommandError("usage", `${from} contains no export: ${hint}`);
  }
  if (!isFolder) return ask(`read_parquet('${quoted(path)}')`, { paths: [path] }, sql, use, load);
  const days = (await readdir(path)).some((name) => name.startsWith("day="));
  const files = `read_parquet('${quoted(path)}/*/*.parquet', hive_partitioning = true)`;
  return ask(days ? files : EMPTY_TABLE, { directories: [`${path}/`] }, sql, use, load);
}

export async function checkQuery(sql: string, load: Load = loadPackage): Promise<void> {
  await ask(EMPTY_TABLE, {}, sql, () => Promise.resolve(), load);
}

const SQL_TYPES = {
  string: "VARCHAR",
  strings: "VARCHAR[]",
  time: "TIMESTAMP",
  integer: "INTEGER",
  number: "DOUBLE",
} as const;

const EMPTY_TABLE = `(SELECT ${COLUMNS.map(({ name, type }) => {
  return `CAST(NULL AS ${SQL_TYPES[type]}) AS ${name}`;
}).join(", ")} WHERE false)`;

async function ask<T>(
  table: string,
  readable: { paths?: string[]; directories?: string[] },
  sql: string,
  use: Use<T>,
  load: Load,
): Promise<T> {
  const { DuckDBInstance } = await loadPeer(load);
  const connection = await (await DuckDBInstance.create(":memory:", NO_EXTENSIONS)).connect();
  try {
    // DuckDB reads the day in a folder's name as a date, but the column of a file as text.
    await connection.run(
      `CREATE VIEW articles AS SELECT * REPLACE (CAST(day AS DATE) AS day) FROM ${table}`,
    );
    for (const [kind, paths] of Object.entries(readable)) {
      const list = paths.map((path) => `'${quoted(path)}'`).join(", ");
      await connection.run(`SET allowed_${kind} = [${list}]`);
    }
    await connection.run("SET enable_external_access = false");
    await connection.run("SET lock_configuration = true");
    await refuseWrites(connection, sql);
    const answer = await connection.stream(sql);
    return await use(answer.columnNames(), answer.yieldRowObjectJson());
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new CommandError("usage", message, { cause: error });
  } finally {
    connection.closeSync();
  }
}

function quoted(path: string): string {
  return path.replaceAll("'", "''");
}

async function refuseWrites(connection: Connection, sql: string): Promise<void> {
  const statements = await connection.extractStatements(sql);
  for (let index = 0; index < statements.count; index++) {
    const { statementType } = await statements.prepare(index);
    if (statementType !== SELECT_STATEMENT_TYPE) throw new Error("only SELECT is allowed");
  }
}

async function loadPeer(load: () => Promise<unknown>): Promise<DuckDbPackage> {
  try {
    return (await load()) as DuckDbPackage;
  } catch (error) {
    const why =
      "this command needs DuckDB, which isn't installed or isn't available for this platform";
    const hint = `npm install --no-save --include=optional ${PACKAGE}@${VERSION}`;
    throw new CommandError("failed", `${why}; try ${hint}`, { cause: error });
  }
}
