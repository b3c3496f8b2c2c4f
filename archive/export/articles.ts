import { existsSync } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import { basename, join } from "node:path";
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

export type ArticleCounts = Pick<Progress, "articles" | "leftOut">;

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
  const { format, now, onArticle } = out;
  const output = withoutSlash(out.output);
  const nothing = { articles: 0, leftOut: {}, next: null, bytes: 0, files: [] };
  const fresh: Progress = { request: out.request, begunAt: now(), ...nothing };
  if (output === "-") {
    const writer = lineWriter(format === "csv" ? "csv" : "jsonl", toStdout, true);
    const how = { progress: fresh, keep: null, onArticle };
    return writeRows(store, sliceAt(fresh.begunAt), writer, how);
  }
  if (format === "parquet") await requireExport(output);
  const part = `${output}.part`;
  if (!out.resume) await rm(part, { recursive: true, force: true });
  await mkdir(part, { recursive: true, mode: 0o700 });
  const stored = await readProgress(part, out.request);
  // An earlier process can have ended after it moved `data` to `output`. Then begin again.
  const lacks = stored !== null && stored.bytes > 0 && !existsSync(join(part, "data"));
  const progress = stored && !lacks ? stored : fresh;
  const slice = sliceAt(progress.begunAt);
  await keepProgress(part, progress);
  const isOne = isOneParquet({ format, output });
  const writer = isOne
    ? fileOfParquet(join(part, "data"))
    : format === "parquet"
      ? daysOfParquet(part, progress.files)
      : await lineFileWriter(format, join(part, "data"), progress.bytes);
  const keep = isOne ? null : (reached: Progress) => keepProgress(part, reached);
  const how = { progress, keep, onArticle };
  const { articles, leftOut, files } = await writeRows(store, slice, writer, how);
  const { found, judgedAt: _, ...span } = slice;
  const request = { ...span, ...(found && { search: found.query }) };
  const about = { schemaVersion: SCHEMA_VERSION, format, at: progress.begunAt, request };
  const facts = { ...about, columns: COLUMNS, articles, leftOut };
  if (format === "parquet" && !isOne) {
    const namedFiles = files.map((file): NamedFile => [file, join(part, file)]);
    await writeManifest(join(part, MANIFEST), facts, namedFiles);
    await dropProgress(part);
    await putInPlace(part, output);
  } else {
    await putInPlace(join(part, "data"), output);
    await writeManifest(manifestOf({ format, output }), facts, [[basename(output), output]]);
    await rm(part, { recursive: true, force: true });
  }
  return { articles, leftOut };
}

async function writeRows(
  store: Store,
  slice: ArticleSlice,
  writer: Writer,
  { progress, keep, onArticle }: Writing,
): Promise<Progress> {
  const done = structuredClone(progress);
  let last: { sortAt: Date; day: string } | null = null;
  try {
    for await (const one of exportRows(store, slice, progress.next)) {
      const { row, sortAt, day } = one;
      if (keep && last && day !== last.day && sortAt > last.sortAt) {
        Object.assign(done, await writer.flush(), { next: sortAt });
        await keep(done);
      }
      last = { sortAt, day };
      if (row) {
        await writer.add(row);
        onArticle(++done.articles);
      } else {
        done.leftOut[one.leftOut] = (done.leftOut[one.leftOut] ?? 0) + 1;
      }
    }
    return Object.assign(done, await writer.flush());
  } finally {
    await writer.close?.();
  }
}

interface Writing extends Pick<ArticleOutput, "onArticle"> {
  /** Where to begin; not changed. */
  progress: Progress;
  /** Stores the progress after each day; null if the export can't be continued. */
  keep: ((progress: Progress) => Promise<void>) | null;
}
