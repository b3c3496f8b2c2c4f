import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { type Command, Option } from "commander";
import { stringify } from "csv-stringify";
import { askParquet, type Row } from "../duckdb.ts";
import { plainTable } from "../table.ts";

interface Options {
  from: string;
  format: "table" | "jsonl" | "csv";
}

/** Rows of a table that is read by people. */
const SHOWN = 200;
/** Width of a cell. */
const WIDTH = 80;

/** `newsgather query`: SQL over an export. */
export function register(program: Command): void {
  program
    .command("query")
    .description("ask exported articles with SQL, by DuckDB (docs/analysts.md has examples)")
    .argument("<sql>", 'such as: "select country, count(*) from articles group by all"')
    .requiredOption("--from <folder>", "what `export --format parquet` wrote; the table articles")
    .addOption(
      new Option("--format <format>", "how rows are printed")
        .choices(["table", "jsonl", "csv"])
        .default("table"),
    )
    .action((sql: string, { from, format }: Options) =>
      askParquet(from, sql, async (columns, chunks) => {
        if (format === "table") return print(columns, chunks);
        const rows = Readable.from(rowsOf(chunks, format));
        const csv = { header: true, columns, escape_formulas: true };
        const through = format === "csv" ? [stringify(csv)] : [];
        return pipeline([rows, ...through, process.stdout], { end: false });
      }),
    );
}

async function* rowsOf(chunks: AsyncIterable<Row[]>, format: "jsonl" | "csv") {
  for await (const chunk of chunks) {
    for (const row of chunk) yield format === "csv" ? cells(row) : `${JSON.stringify(row)}\n`;
  }
}

async function print(columns: string[], chunks: AsyncIterable<Row[]>): Promise<void> {
  const shown: string[][] = [];
  let total = 0;
  for await (const chunk of chunks) {
    total += chunk.length;
    const rows = chunk.slice(0, SHOWN - shown.length).map(cells);
    shown.push(...rows.map((row) => columns.map((name) => row[name]?.slice(0, WIDTH) ?? "")));
  }
  console.log(plainTable(columns, shown));
  const rest =
    total > shown.length ? `, the first ${shown.length} shown: --format csv has all` : "";
  console.error(`${total} rows${rest}`);
}

/** Values as text, lists and structures as JSON. */
function cells(row: Row): Record<string, string> {
  const text = (value: unknown) => {
    if (value === null || value === undefined) return "";
    return typeof value === "string" ? value : JSON.stringify(value);
  };
  return Object.fromEntries(Object.entries(row).map(([name, value]) => [name, text(value)]));
}
