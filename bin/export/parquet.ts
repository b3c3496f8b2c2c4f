import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { SchemaElement } from "hyparquet";
import { fileWriter, ParquetWriter } from "hyparquet-writer";
import { PRODUCT, VERSION } from "../../config/env.ts";
import type { ExportedArticle } from "../pass/export-articles.ts";
import { COLUMNS, type Column, SCHEMA_VERSION } from "./columns.ts";

/** The day is in the folder's name. */
const INSIDE = COLUMNS.filter(({ name }) => name !== "day");

/** Articles of one row group: what is held in memory. */
const GROUP = 2000;

/**
 * Writes articles as Parquet, a folder per day in the manner of Hive (`day=2026-11-25/articles.parquet`),
 * so that readers open only the days that they ask for. Articles come by the time of their publication;
 * a day that comes again gets another file. Answers the files, relative to `folder`.
 */
export async function writeParquet(
  articles: AsyncIterable<ExportedArticle>,
  folder: string,
): Promise<string[]> {
  const files: string[] = [];
  let writer: ParquetWriter | null = null;
  let group: ExportedArticle[] = [];
  let day: string | null = null;
  for await (const article of articles) {
    const next = article.day !== day;
    if (writer && (next || group.length === GROUP)) {
      await writer.write({ columnData: columnsOf(group) });
      group = [];
    }
    if (next) {
      await writer?.finish();
      ({ day } = article);
      const file = fileOf(day, files);
      await mkdir(join(folder, `day=${day}`), { recursive: true });
      files.push(file);
      writer = writerOf(join(folder, file));
    }
    group.push(article);
  }
  if (group.length > 0) await writer?.write({ columnData: columnsOf(group) });
  await writer?.finish();
  return files;
}

function fileOf(day: string, files: string[]): string {
  const before = files.filter((file) => file.startsWith(`day=${day}/`)).length;
  return `day=${day}/articles${before > 0 ? `-${before + 1}` : ""}.parquet`;
}

function writerOf(file: string): ParquetWriter {
  return new ParquetWriter({
    writer: fileWriter(file),
    schema: [{ name: "article", num_children: INSIDE.length }, ...INSIDE.flatMap(schemaOf)],
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

function columnsOf(group: ExportedArticle[]) {
  return INSIDE.map(({ name }) => ({ name, data: group.map((article) => article[name]) }));
}
