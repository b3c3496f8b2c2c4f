import { existsSync } from "node:fs";
import { mkdir, readdir, rename, rm } from "node:fs/promises";
import { basename, join } from "node:path";
import type { Store } from "../../store/store.ts";
import { CommandError } from "../exit.ts";
import { type ArticleSlice, exportArticles, exportRows } from "../pass/export-articles.ts";
import { COLUMNS, SCHEMA_VERSION } from "./columns.ts";
import { fileWriter, lineWriter, toStdout, type Writer } from "./flat.ts";
import { type NamedFile, writeManifest } from "./manifest.ts";
import { parquetWriter } from "./parquet.ts";
import { dropProgress, keepProgress, type Progress, readProgress } from "./progress.ts";

/** How articles are written: to `output`, a folder for Parquet; `-` is standard output. */
export interface ArticleOutput {
  format: "jsonl" | "csv" | "parquet";
  output: string;
  /** What was asked for, in the words that it was asked in: an export of the same words may go on. */
  asked: string;
  /** Goes on where an export of the same was stopped. */
  resume: boolean;
  now(): Date;
  onArticle(count: number): void;
}

/**
 * Exports articles; answers how many. Files get their names when they are whole, and a manifest beside
 * them (`OUTPUT.manifest.json`, or `manifest.json` in the folder): what was asked for, columns, and
 * count, size and SHA-256 of each file. Until then they lie in `OUTPUT.part`, whole days of them, from
 * which a stopped export goes on to the same files. Throws `CommandError` when the folder isn't empty.
 */
export async function exportArticleFiles(
  store: Store,
  sliceAt: (begunAt: Date) => ArticleSlice,
  out: ArticleOutput,
): Promise<number> {
  const { format, output, now } = out;
  if (output === "-") return toStandardOutput(store, sliceAt(now()), out);
  if (format === "parquet") await requireEmpty(output);
  const part = `${output}.part`;
  if (!out.resume) await rm(part, { recursive: true, force: true });
  await mkdir(part, { recursive: true, mode: 0o700 });
  const fresh = { asked: out.asked, begunAt: now(), articles: 0, next: null, bytes: 0, files: [] };
  const kept = await readProgress(part, out.asked);
  // A process that ended between its last two steps has left the file under its name already.
  const lacks = kept !== null && kept.bytes > 0 && !existsSync(join(part, "data"));
  const progress = kept && !lacks ? kept : fresh;
  const slice = sliceAt(progress.begunAt);
  await keepProgress(part, progress);
  const { articles, files } = await write(store, slice, out, { part, progress });
  const { found, ...span } = slice;
  const asked = { ...span, ...(found && { search: found.query }) };
  const about = { schemaVersion: SCHEMA_VERSION, format, at: progress.begunAt, asked };
  const told = { ...about, columns: COLUMNS };
  if (format === "parquet") {
    const named = files.map((file): NamedFile => [file, join(part, file)]);
    await writeManifest(join(part, "manifest.json"), { ...told, articles }, named);
    await dropProgress(part);
    await rm(output, { recursive: true, force: true });
    await rename(part, output);
  } else {
    await rename(join(part, "data"), output);
    const named: NamedFile[] = [[basename(output), output]];
    await writeManifest(`${output}.manifest.json`, { ...told, articles }, named);
    await rm(part, { recursive: true, force: true });
  }
  return articles;
}

/** Writes day by day, and after each day notes how far it is. */
async function write(
  store: Store,
  slice: ArticleSlice,
  { format, onArticle }: ArticleOutput,
  { part, progress }: { part: string; progress: Progress },
): Promise<Pick<Progress, "articles" | "files">> {
  const writer: Writer<number | string[]> =
    format === "parquet"
      ? parquetWriter(part, progress.files)
      : await fileWriter(format, join(part, "data"), progress.bytes);
  let { articles, bytes, files } = progress;
  let last: { sortAt: Date; day: string } | null = null;
  async function settle() {
    const mark = await writer.settle();
    if (typeof mark === "number") bytes = mark;
    else files = mark;
  }
  try {
    for await (const { row, sortAt, day } of exportRows(store, slice, progress.next)) {
      if (last && day !== last.day && sortAt > last.sortAt) {
        await settle();
        await keepProgress(part, { ...progress, articles, bytes, files, next: sortAt });
      }
      last = { sortAt, day };
      await writer.add(row);
      onArticle(++articles);
    }
    await settle();
  } finally {
    await writer.close();
  }
  return { articles, files };
}

async function toStandardOutput(
  store: Store,
  slice: ArticleSlice,
  { format, onArticle }: ArticleOutput,
): Promise<number> {
  const writer = lineWriter(format === "csv" ? "csv" : "jsonl", toStdout, true);
  let articles = 0;
  for await (const article of exportArticles(store, slice)) {
    await writer.add(article);
    onArticle(++articles);
  }
  await writer.settle();
  return articles;
}

async function requireEmpty(folder: string): Promise<void> {
  const there = await readdir(folder).catch(() => []);
  if (there.length > 0) throw new CommandError("usage", `${folder} is not empty`);
}
