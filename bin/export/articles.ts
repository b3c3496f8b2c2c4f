import { createWriteStream } from "node:fs";
import { mkdir, readdir, rename, rm, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Store } from "../../store/store.ts";
import { CommandError } from "../exit.ts";
import { fileDigest } from "../file-digest.ts";
import {
  type ArticleSlice,
  type ExportedArticle,
  exportArticles,
} from "../pass/export-articles.ts";
import { COLUMNS, SCHEMA_VERSION } from "./columns.ts";
import { writeCsv } from "./csv.ts";
import { writeParquet } from "./parquet.ts";

/** How articles are written: to `output`, a folder for Parquet; `-` is standard output. */
export interface ArticleOutput {
  format: "jsonl" | "csv" | "parquet";
  output: string;
  onArticle(count: number): void;
}

/**
 * Exports articles; answers how many. Files get their names when they are whole, and a manifest beside
 * them (`OUTPUT.manifest.json`, or `manifest.json` in the folder): what was asked for, columns, and
 * count, size and SHA-256 of each file. Throws `CommandError` when the folder isn't empty.
 */
export async function exportArticleFiles(
  store: Store,
  slice: ArticleSlice,
  { format, output, onArticle }: ArticleOutput,
): Promise<number> {
  let articles = 0;
  async function* counted() {
    for await (const article of exportArticles(store, slice)) {
      yield article;
      onArticle(++articles);
    }
  }
  if (output === "-") {
    await writeFlat(counted(), format, output);
    return articles;
  }
  const part = `${output}.part`;
  const told = { schemaVersion: SCHEMA_VERSION, format, at: new Date(), asked: slice };
  try {
    if (format === "parquet") {
      await requireEmpty(output);
      await mkdir(part, { recursive: true });
      const files = await describe(part, await writeParquet(counted(), part));
      await writeManifest(join(part, "manifest.json"), { ...told, articles, files });
      await rm(output, { recursive: true, force: true });
      await rename(part, output);
    } else {
      await writeFlat(counted(), format, part);
      const [file] = await describe("", [part]);
      await rename(part, output);
      const files = [{ ...file, file: basename(output) }];
      await writeManifest(`${output}.manifest.json`, { ...told, articles, files });
    }
    return articles;
  } finally {
    await rm(part, { recursive: true, force: true });
  }
}

async function writeFlat(
  articles: AsyncIterable<ExportedArticle>,
  format: ArticleOutput["format"],
  file: string,
): Promise<void> {
  if (format === "csv") return writeCsv(articles, file);
  async function* lines() {
    for await (const article of articles) yield `${JSON.stringify(article)}\n`;
  }
  const out = file === "-" ? process.stdout : createWriteStream(file);
  await pipeline(Readable.from(lines()), out, { end: file !== "-" });
}

async function requireEmpty(folder: string): Promise<void> {
  const there = await readdir(folder).catch(() => []);
  if (there.length > 0) throw new CommandError("usage", `${folder} is not empty`);
}

async function describe(folder: string, files: string[]) {
  const told = [];
  for (const file of files) told.push({ file, ...(await fileDigest(join(folder, file))) });
  return told;
}

function writeManifest(file: string, told: object): Promise<void> {
  return writeFile(file, `${JSON.stringify({ ...told, columns: COLUMNS }, null, 2)}\n`);
}
