import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rm } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import { writeFileAtomically } from "../lib/write-file.ts";
import type { DeniedCounts, Export, ExportedFile } from "../model/archive/export.ts";
import type { Store } from "../store/store.ts";
import { fileDigest, manifestOf } from "./export/target.ts";
import type { SearchIndex } from "./search/index-client.ts";

/** Writes an export into a folder, or continues it there after an interruption. */
export async function writeExport(
  { store, search }: { store: Store; search?: Pick<SearchIndex, "articles"> | undefined },
  folder: string,
  { params, requestedAt }: Pick<Export, "params" | "requestedAt">,
  onCount: (count: number) => void,
): Promise<{ files: ExportedFile[]; leftOut: DeniedCounts }> {
  const { format, purpose, sources, where, since, until, asOf } = params;
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const how = { request: JSON.stringify(params), resume: true };
  if (format === "warc" || format === "wacz") {
    const file = join(folder, format === "warc" ? "archive.warc.gz" : "archive.wacz");
    // If it exists, an earlier process wrote the whole export but ended before it recorded that.
    if (!existsSync(file)) {
      const output = { format, file, onCapture: onCount, ...how };
      const { exportArchive } = await import("./warc/export.ts");
      await exportArchive(store, { sources, since, until, purpose }, output);
    }
  } else {
    const output = join(folder, format === "parquet" ? "articles" : `articles.${format}`);
    // If it exists, an earlier process wrote the whole export but ended before it recorded that.
    if (!existsSync(manifestOf({ format, output }))) {
      const query = params.search ?? null;
      const found = query === null ? null : { query, ids: await foundBy(search, query, folder) };
      const slice = { sources, where, since, until, asOf, found, purpose, judgedAt: requestedAt };
      const out = { format, output, ...how, now: () => requestedAt, onArticle: onCount };
      const { exportArticleFiles } = await import("./export/articles.ts");
      await exportArticleFiles(store, () => slice, out);
    }
    await rm(join(folder, SEARCH_RESULT_FILE), { force: true });
  }
  const files = await filesIn(folder);
  return { files, leftOut: await leftOutOf(folder, files) };
}

async function leftOutOf(folder: string, files: readonly ExportedFile[]): Promise<DeniedCounts> {
  const manifest = files.find(({ name }) => /(^|[./_])manifest\.json$/.test(name));
  if (!manifest) return {};
  const text = await readFile(join(folder, manifest.name), "utf8");
  return (JSON.parse(text) as { leftOut: DeniedCounts }).leftOut;
}

const SEARCH_RESULT_FILE = "found.part";
const MAX_EXPORTED_MATCHES = 200_000;

async function foundBy(
  search: Pick<SearchIndex, "articles"> | undefined,
  query: string,
  folder: string,
): Promise<string[]> {
  const file = join(folder, SEARCH_RESULT_FILE);
  const stored = await readFile(file, "utf8").catch(() => null);
  if (stored !== null) return stored === "" ? [] : stored.split("\n");
  if (!search) throw new Error("search is off in this process: set NEWSGATHER_SEARCH to on");
  const ids = await search.articles({ query, most: MAX_EXPORTED_MATCHES });
  await writeFileAtomically(file, ids.join("\n"));
  return ids;
}

async function filesIn(folder: string): Promise<ExportedFile[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files: ExportedFile[] = [];
  for (const entry of entries.filter((one) => one.isFile())) {
    const path = join(entry.parentPath, entry.name);
    const name = relative(folder, path).split(sep).join("/");
    files.push({ name, ...(await fileDigest(path)) });
  }
  return files.toSorted((a, b) => (a.name < b.name ? -1 : 1));
}
