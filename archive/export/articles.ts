import { existsSync } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import { basename, join } from "node:path";
import type { DeniedCounts } from "../../model/archive/export.ts";
import type { Store } from "../../store/store.ts";
import { type ArticleSlice, COLUMNS, exportRows, SCHEMA_VERSION } from "./rows.ts";
import {
  dropProgress,
  isOneParquet,
  keepProgress,
  MANIFEST,
  manifestOf,
  type NamedFile,
  type Progress,
  putInPlace,
  readProgress,
  requireExport,
  withoutSlash,
  writeManifest,
} from "./target.ts";
import {
  daysOfParquet,
  fileOfParquet,
  lineFileWriter,
  lineWriter,
  toStdout,
  type Writer,
} from "./writers.ts";

/** `output` is a file or `-` (standard output); for Parquet, a folder or a `.parquet` file. */
export interface ArticleOutput {
  format: "jsonl" | "csv" | "parquet";
  output: string;
  /** The request, as text. An interrupted export can continue only if the text is the same. */
  request: string;
  /** Whether to continue an interrupted export. A single Parquet file can't be continued. */
  resume: boolean;
  now(): Date;
  onArticle(count: number): void;
}

export interface ArticleCounts {
  articles: number;
  leftOut: DeniedCounts;
}

/**
 * Exports articles. A manifest beside the files has the request, the columns, and each file's size
 * and SHA-256. Unfinished files are in `OUTPUT.part`, where `resume` continues the export. Throws
 * `CommandError` if `OUTPUT.part` belongs to another request, or if `OUTPUT` is a folder of other
 * files.
 */
export async function exportArticleFiles(
  store: Store,
  sliceAt: (begunAt: Date) => ArticleSlice,
  out: ArticleOutput,
): Promise<ArticleCounts> {
  const { format, now } = out;
  const output = withoutSlash(out.output);
  if (output === "-") return toStandardOutput(store, sliceAt(now()), out);
  if (format === "parquet") await requireExport(output);
  const part = `${output}.part`;
  if (!out.resume) await rm(part, { recursive: true, force: true });
  await mkdir(part, { recursive: true, mode: 0o700 });
  const fresh = {
    request: out.request,
    begunAt: now(),
    articles: 0,
    leftOut: {},
    next: null,
    bytes: 0,
    files: [],
  };
  const stored = await readProgress(part, out.request);
  // An earlier process can have ended after it moved `data` to `output`. Then begin again.
  const lacks = stored !== null && stored.bytes > 0 && !existsSync(join(part, "data"));
  const progress = stored && !lacks ? stored : fresh;
  const slice = sliceAt(progress.begunAt);
  await keepProgress(part, progress);
  const { articles, leftOut, files } = await write(store, slice, out, { part, progress });
  const { found, judgedAt: _, ...span } = slice;
  const request = { ...span, ...(found && { search: found.query }) };
  const about = { schemaVersion: SCHEMA_VERSION, format, at: progress.begunAt, request: request };
  const facts = { ...about, columns: COLUMNS };
  const isFolder = format === "parquet" && !isOneParquet({ format, output });
  if (isFolder) {
    const namedFiles = files.map((file): NamedFile => [file, join(part, file)]);
    await writeManifest(join(part, MANIFEST), { ...facts, articles, leftOut }, namedFiles);
    await dropProgress(part);
    await putInPlace(part, output);
  } else {
    await putInPlace(join(part, "data"), output);
    const namedFiles: NamedFile[] = [[basename(output), output]];
    await writeManifest(
      manifestOf({ format, output }),
      { ...facts, articles, leftOut },
      namedFiles,
    );
    await rm(part, { recursive: true, force: true });
  }
  return { articles, leftOut };
}

async function write(
  store: Store,
  slice: ArticleSlice,
  { format, output, onArticle }: ArticleOutput,
  { part, progress }: { part: string; progress: Progress },
): Promise<Pick<Progress, "articles" | "leftOut" | "files">> {
  const isOne = isOneParquet({ format, output: withoutSlash(output) });
  const writer: Writer<number | string[]> = isOne
    ? fileOfParquet(join(part, "data"))
    : format === "parquet"
      ? daysOfParquet(part, progress.files)
      : await lineFileWriter(format, join(part, "data"), progress.bytes);
  let { articles, bytes, files } = progress;
  const leftOut = { ...progress.leftOut };
  let last: { sortAt: Date; day: string } | null = null;
  async function flush() {
    const position = await writer.flush();
    if (typeof position === "number") bytes = position;
    else files = position;
  }
  try {
    for await (const one of exportRows(store, slice, progress.next)) {
      const { row, sortAt, day } = one;
      if (!isOne && last && day !== last.day && sortAt > last.sortAt) {
        await flush();
        await keepProgress(part, {
          ...progress,
          articles,
          leftOut,
          bytes,
          files,
          next: sortAt,
        });
      }
      last = { sortAt, day };
      if (!row) {
        leftOut[one.leftOut] = (leftOut[one.leftOut] ?? 0) + 1;
        continue;
      }
      await writer.add(row);
      onArticle(++articles);
    }
    await flush();
  } finally {
    await writer.close();
  }
  return { articles, leftOut, files };
}

async function toStandardOutput(
  store: Store,
  slice: ArticleSlice,
  { format, onArticle }: ArticleOutput,
): Promise<ArticleCounts> {
  const writer = lineWriter(format === "csv" ? "csv" : "jsonl", toStdout, true);
  let articles = 0;
  const leftOut: DeniedCounts = {};
  for await (const one of exportRows(store, slice, null)) {
    if (!one.row) {
      leftOut[one.leftOut] = (leftOut[one.leftOut] ?? 0) + 1;
      continue;
    }
    await writer.add(one.row);
    onArticle(++articles);
  }
  await writer.flush();
  return { articles, leftOut };
}
