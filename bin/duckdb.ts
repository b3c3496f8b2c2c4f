import { access } from "node:fs/promises";
import { join, resolve } from "node:path";
import { CommandError } from "./exit.ts";

/** An optional peer: its 70 MB are for those who ask with SQL. */
const PEER = "@duckdb/node-api";

/** A row of an answer, as JSON holds it: times and large numbers as text. */
export type Row = Record<string, unknown>;

/** As much of DuckDB's client as is used here. */
interface Peer {
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

/** A statement that reads, among DuckDB's `StatementType`s. */
const SELECT = 1;

/** No code from elsewhere. */
const ALONE = {
  autoinstall_known_extensions: "false",
  autoload_known_extensions: "false",
  allow_community_extensions: "false",
};

/**
 * Asks a folder of exported Parquet with SQL; its articles are the table `articles`. The query
 * can read nothing else, write nothing and reach nothing. Throws `CommandError`
 * where the folder is no export, the query is wrong, or DuckDB isn't installed.
 */
export async function askParquet<T>(
  folder: string,
  sql: string,
  use: (columns: string[], rows: AsyncIterable<Row[]>) => Promise<T>,
  load: () => Promise<unknown> = () => import(PEER),
): Promise<T> {
  const { DuckDBInstance } = await loadPeer(load);
  await access(join(folder, "manifest.json")).catch(() => {
    const hint = `newsgather export --format parquet -o ${folder}`;
    throw new CommandError("usage", `${folder} holds no export: ${hint}`);
  });
  const connection = await (await DuckDBInstance.create(":memory:", ALONE)).connect();
  try {
    const path = resolve(folder).replaceAll("'", "''");
    const files = `${path}/*/*.parquet`;
    await connection.run(
      `CREATE VIEW articles AS SELECT * FROM read_parquet('${files}', hive_partitioning = true)`,
    );
    await connection.run(`SET allowed_directories = ['${path}/']`);
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

/** In the folder itself files could be written still. */
async function refuseWrites(connection: Connection, sql: string): Promise<void> {
  const statements = await connection.extractStatements(sql);
  for (let index = 0; index < statements.count; index++) {
    const { statementType } = await statements.prepare(index);
    if (statementType !== SELECT) throw new Error("only SELECT is allowed here: a query reads");
  }
}

async function loadPeer(load: () => Promise<unknown>): Promise<Peer> {
  try {
    return (await load()) as Peer;
  } catch (error) {
    const hint = `npm install --no-save --save-optional ${PEER}@1.5.6-r.1`;
    throw new CommandError("usage", `this needs DuckDB: ${hint}`, { cause: error });
  }
}
