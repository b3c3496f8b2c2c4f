import { mkdir, open, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { stringify } from "csv-stringify/sync";
import type { SchemaElement } from "hyparquet";
import { ParquetWriter, fileWriter as parquetFile } from "hyparquet-writer";
import { PRODUCT, VERSION } from "../../config/env.ts";
import { writeAt } from "../../lib/write-file.ts";
import { COLUMNS, type Column, type ExportedArticle, SCHEMA_VERSION } from "./rows.ts";
import type { Progress } from "./target.ts";

/** A row group stays in memory until it is written. */
const ROW_GROUP_LIMITS = { articles: 2000, characters: 1_000_000 };

/**
 * Returns a writer of Hive-style folders per day (`day=2026-11-25/articles.parquet`). Articles must
 * arrive in order of publication. To continue an export, pass the files that `flush` returned as
 * `before`.
 */
export function daysOfParquet(folder: string, before: readonly string[]): Writer {
  const files = [...before];
  let rows: Rows | null = null;
  let day: string | null = null;
  async function finish() {
    await rows?.finish();
    [rows, day] = [null, null];
  }
  return {
    async add(article) {
      if (article.day !== day) {
        await finish();
        ({ day } = article);
        const file = fileOf(day, files);
        await mkdir(join(folder, `day=${day}`), { recursive: true, mode: 0o700 });
        files.push(file);
        // The day is in the folder's name.
        rows = await openRows(
          join(folder, file),
          COLUMNS.filter(({ name }) => name !== "day"),
        );
      }
      await rows?.add(article);
    },
    async flush() {
      await finish();
      return { files: [...files] };
    },
  };
}

/** Returns a writer of one Parquet file. Call `flush` once, at the end: it completes the file. */
export function fileOfParquet(path: string): Writer {
  const opened = openRows(path, COLUMNS);
  return {
    add: async (article) => (await opened).add(article),
    async flush() {
      await (await opened).finish();
      return {};
    },
  };
}

type Rows = Awaited<ReturnType<typeof openRows>>;

async function openRows(path: string, columns: readonly Column[]) {
  // Create the file first, because the library can't restrict who can read it.
  await writeFile(path, "", { mode: 0o600 });
  const writer = writerOf(path, columns);
  let group: ExportedArticle[] = [];
  let characters = 0;
  async function flush() {
    if (group.length > 0) await writer.write({ columnData: columnsOf(group, columns) });
    group = [];
    characters = 0;
  }
  return {
    async add(article: ExportedArticle) {
      group.push(article);
      characters += article.text?.length ?? 0;
      if (group.length >= ROW_GROUP_LIMITS.articles || characters >= ROW_GROUP_LIMITS.characters)
        await flush();
    },
    async finish() {
      await flush();
      await writer.finish();
    },
  };
}

function fileOf(day: string, files: readonly string[]): string {
  const before = files.filter((file) => file.startsWith(`day=${day}/`)).length;
  return `day=${day}/articles${before > 0 ? `-${before + 1}` : ""}.parquet`;
}

function writerOf(file: string, columns: readonly Column[]): ParquetWriter {
  return new ParquetWriter({
    writer: parquetFile(file),
    schema: [{ name: "article", num_children: columns.length }, ...columns.flatMap(schemaOf)],
    createdBy: `${PRODUCT} ${VERSION}`,
    kvMetadata: [{ key: "newsgather.schema", value: String(SCHEMA_VERSION) }],
  });
}

const TYPES = {
  string: { type: "BYTE_ARRAY", converted_type: "UTF8" },
  time: { type: "INT64", converted_type: "TIMESTAMP_MILLIS" },
  integer: { type: "INT32" },
  number: { type: "DOUBLE" },
} as const;

function schemaOf({ name, type }: Column): SchemaElement[] {
  const optional = { name, repetition_type: "OPTIONAL" } as const;
  if (type !== "strings") return [{ ...optional, ...TYPES[type] }];
  return [
    { ...optional, converted_type: "LIST", num_children: 1 },
    { name: "list", repetition_type: "REPEATED", num_children: 1 },
    { ...optional, name: "element", ...TYPES.string },
  ];
}

function columnsOf(group: ExportedArticle[], columns: readonly Column[]) {
  return columns.map(({ name }) => ({ name, data: group.map((article) => article[name]) }));
}

const LINE_BATCH_SIZE = 200;

export interface Writer {
  add(article: ExportedArticle): Promise<void>;
  /** Writes everything added so far. Returns the position at which to continue. */
  flush(): Promise<Partial<Pick<Progress, "bytes" | "files">>>;
  close?(): Promise<void>;
}

/** Returns a writer of JSON or CSV lines. If the sink is `fresh` (empty), CSV has a header. */
export function lineWriter(
  format: "jsonl" | "csv",
  sink: (text: string) => Promise<void>,
  fresh: boolean,
): Writer {
  let group: ExportedArticle[] = [];
  let first = fresh;
  async function flush() {
    // An export without articles still has its header.
    if (group.length === 0 && !(first && format === "csv")) return {};
    const text = format === "csv" ? csvText(group, first) : jsonText(group);
    first = false;
    group = [];
    await sink(text);
    return {};
  }
  return {
    async add(article) {
      group.push(article);
      if (group.length === LINE_BATCH_SIZE) await flush();
    },
    flush,
  };
}

/** Cuts a file to `at` bytes and returns a writer that appends. `flush` returns the new length. */
export async function lineFileWriter(
  format: "jsonl" | "csv",
  file: string,
  at: number,
): Promise<Writer> {
  const handle = await open(file, at > 0 ? "r+" : "w", 0o600);
  await handle.truncate(at);
  let end = at;
  const sink = async (text: string) => {
    end = await writeAt(handle, Buffer.from(text), end);
  };
  const lines = lineWriter(format, sink, at === 0);
  return {
    add: lines.add,
    async flush() {
      await lines.flush();
      await handle.datasync();
      return { bytes: end };
    },
    close: () => handle.close(),
  };
}

/** Writes to standard output. Resolves after the write, so that a slow reader slows the export. */
export function toStdout(text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    process.stdout.write(text, (error) => (error ? reject(error) : resolve()));
  });
}

function jsonText(articles: readonly ExportedArticle[]): string {
  return articles.map((article) => `${JSON.stringify(article)}\n`).join("");
}

/** Returns CSV (RFC 4180) with escaped formulas (OWASP, CSV injection). */
function csvText(articles: readonly ExportedArticle[], header: boolean): string {
  return stringify(articles.map(cells), {
    header,
    bom: header,
    record_delimiter: "windows",
    // The library itself quotes only the record delimiter, but many readers end a row at each line
    // break.
    quoted_match: /[\r\n]/,
    escape_formulas: true,
    columns: COLUMNS.map(({ name }) => name),
    cast: { date: (value) => value.toISOString() },
  });
}

function cells(article: ExportedArticle) {
  return COLUMNS.map(({ name }) => {
    const value = article[name];
    return Array.isArray(value) ? value.join("; ") : value;
  });
}
