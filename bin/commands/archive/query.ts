import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { type Command, Option } from "@commander-js/extra-typings";
import { stringify } from "csv-stringify";
import { exportArticleFiles } from "../../../archive/export/articles.ts";
import { COLUMNS } from "../../../archive/export/rows.ts";
import { requireSources } from "../../known.ts";
import type { OptionsOf } from "../../options-of.ts";
import { plainTable, tellLeftOut } from "../../output.ts";
import { onStore } from "../../services/use.ts";
import { inTemporaryFolder } from "../../temporary-folder.ts";
import { spanOf } from "../../time.ts";
import { askParquet, checkQuery, type Row } from "./duckdb.ts";

const MAX_ROWS_SHOWN = 200;
const PROGRESS_EVERY_ARTICLES = 10_000;
const MAX_CELL_CHARS = 80;

export function register(program: Command) {
  const command = program
    .command("query")
    .description("query the articles with SQL in DuckDB (docs/analysts/index.md has examples)")
    .argument("<sql>", 'such as: "select country, count(*) from articles group by all"')
    .option(
      "--from <file>",
      "query a file or folder that `export --format parquet` wrote, instead of the store",
    )
    .addOption(filterOption("--source <id...>", "only articles of these sources"))
    .addOption(filterOption("--since <time>", "only articles published since a time, such as 7d"))
    .addOption(filterOption("--until <time>", "only articles published before a time"))
    .addOption(
      new Option("--format <format>", "how rows are printed")
        .choices(["table", "jsonl", "csv"])
        .default("table"),
    )
    .addHelpText(
      "after",
      () => `\nThe table is named articles and has these columns:\n${dictionary()}`,
    );
  command.action(query);
  return command;
}

type Options = OptionsOf<typeof register>;

function filterOption<Flags extends string>(flags: Flags, description: string) {
  return new Option(flags, description).conflicts("from");
}

function dictionary(): string {
  return COLUMNS.map(({ name, type, about }) => {
    return `  ${name.padEnd(18)} ${(name === "day" ? "date" : type).padEnd(8)} ${about}`;
  }).join("\n");
}

async function query(sql: string, { from, format, ...narrowed }: Options): Promise<void> {
  const answer = (path: string) => askParquet(path, sql, printerOf(format));
  if (from !== undefined) return answer(from);
  await checkQuery(sql);
  await inTemporaryFolder("newsgather-query-", async (folder) => {
    const articles = join(folder, "articles.parquet");
    await exportTo(articles, narrowed);
    await answer(articles);
  });
}

async function exportTo(
  output: string,
  { source, ...span }: Pick<Options, "source" | "since" | "until">,
): Promise<void> {
  const now = () => new Date();
  const [purpose, judgedAt] = ["analysis", now()] as const;
  const slice = { ...spanOf(span, judgedAt), sources: source ?? null, purpose, judgedAt };
  const onArticle = (count: number) => {
    if (count % PROGRESS_EVERY_ARTICLES === 0) console.error(`${count} articles read`);
  };
  await onStore(async (store) => {
    await requireSources(store, source ?? []);
    const how = { format: "parquet", output, request: "", resume: false, now, onArticle } as const;
    const { leftOut } = await exportArticleFiles(store, () => slice, how);
    tellLeftOut(leftOut, purpose);
  });
}

function printerOf(format: Options["format"]) {
  return async (columns: string[], chunks: AsyncIterable<Row[]>): Promise<void> => {
    if (format === "table") return print(columns, chunks);
    const rows = Readable.from(rowsOf(chunks, format));
    const csv = { header: true, columns, escape_formulas: true };
    const through = format === "csv" ? [stringify(csv)] : [];
    return pipeline([rows, ...through, process.stdout], { end: false });
  };
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
    const rows = chunk.slice(0, MAX_ROWS_SHOWN - shown.length).map(cells);
    shown.push(
      ...rows.map((row) => columns.map((name) => row[name]?.slice(0, MAX_CELL_CHARS) ?? "")),
    );
  }
  console.log(plainTable(columns, shown));
  const rest =
    total > shown.length ? `; the first ${shown.length} are shown (--format csv prints all)` : "";
  console.error(`Rows: ${total}${rest}`);
}

function cells(row: Row): Record<string, string> {
  const text = (value: unknown) => {
    if (value === null || value === undefined) return "";
    return typeof value === "string" ? value : JSON.stringify(value);
  };
  return Object.fromEntries(Object.entries(row).map(([name, value]) => [name, text(value)]));
}
