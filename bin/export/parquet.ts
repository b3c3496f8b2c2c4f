import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { SchemaElement } from "hyparquet";
import { fileWriter, ParquetWriter } from "hyparquet-writer";
import { PRODUCT, VERSION } from "../../config/env.ts";
import type { ExportedArticle } from "../pass/export-articles.ts";
import { COLUMNS, type Column, SCHEMA_VERSION } from "./columns.ts";
import type { Writer } from "./flat.ts";

/** The day is in the folder's name. */
const INSIDE = COLUMNS.filter(({ name }) => name !== "day");

/** What one row group holds at most, and the memory: articles, and characters of their texts. */
const GROUP = { articles: 2000, characters: 1_000_000 };

/**
 * Writes articles as Parquet, a folder per day in the manner of Hive (`day=2026-11-25/articles.parquet`),
 * so that readers open only the days that they ask for. Articles come by the time of their publication;
 * a day that comes again gets another file. The mark is the files so far, relative to `folder`.
 */
export function parquetWriter(folder: string, before: readonly string[]): Writer<string[]> {
  const files = [...before];
  let writer: ParquetWriter | null = null;
  let group: ExportedArticle[] = [];
  let characters = 0;
  let day: string | null = null;
  async function flush() {
    if (group.length > 0) await writer?.write({ columnData: columnsOf(group) });
    group = [];
    characters = 0;
  }
  async function finish() {
    await flush();
    await writer?.finish();
    writer = null;
    day = null;
  }
  return {
    async add(article) {
      if (article.day !== day) {
        await finish();
        ({ day } = article);
        const file = fileOf(day, files);
        await mkdir(join(folder, `day=${day}`), { recursive: true, mode: 0o700 });
        // The library opens what is there, and has no say in who may read it.
        await writeFile(join(folder, file), "", { mode: 0o600 });
        files.push(file);
        writer = writerOf(join(folder, file));
      }
      group.push(article);
      characters += article.text?.length ?? 0;
      if (group.length >= GROUP.articles || characters >= GROUP.characters) await flush();
    },
    async settle() {
      await finish();
      return [...files];
    },
    close: () => Promise.resolve(),
  };
}

function fileOf(day: string, files: readonly string[]): string {
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
