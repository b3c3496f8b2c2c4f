import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import { fileDigest, manifestOf } from "../../archive/export/target.ts";
import type { Config } from "../../config/env.ts";
import { LIMITS } from "../../config/limits.ts";
import type { Export, ExportedFile } from "../../model/archive/export.ts";
import type { Store } from "../../store/store.ts";
import type { ExportActions } from "../../web/server/actions.ts";
import { enqueueExports, sweepExports } from "../../workers/export/export.ts";
import { exportHandlers } from "../../workers/handlers.ts";
import { startWorkers } from "../../workers/runtime/start-workers.ts";
import type { Opened } from "./context.ts";
import type { OpenedSearch } from "./search.ts";

/** How often it is looked for exports that are due, and for files that are to go, ms. */
const LOOK = 5000;

/** The worker and the clock of exports, put on the stack; their files lie in the data folder. */
export async function openExports(
  config: Config,
  { deps, queues, stack, meter }: Opened,
  search: OpenedSearch | undefined,
): Promise<ExportActions> {
  const { store, log } = deps;
  const folder = join(config.dataDir, "exports");
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const exporting = {
    ...deps,
    write: (one: Export, onCount: (count: number) => void) =>
      writeExport({ store, search }, join(folder, one._id), one, onCount),
  };
  const { stuckAfter } = config;
  const options = { ...queues, concurrency: {}, stuckAfter, meter, log };
  const workers = startWorkers(exportHandlers(exporting), options);
  stack.add("export workers", () => workers.close(LIMITS.shutdown / 4));
  const look = async () => {
    await enqueueExports(deps);
    await sweepExports(deps, folder);
  };
  const begin = () => void look().catch((err: unknown) => log.debug({ err }, "no exports"));
  const timer = setInterval(begin, LOOK);
  stack.add("export clock", () => clearInterval(timer));
  return { folder, begin };
}

/** Writes an export into its folder, going on where it was stopped; answers its files. */
export async function writeExport(
  { store, search }: { store: Store; search?: Pick<OpenedSearch, "articles"> | undefined },
  folder: string,
  { wish, askedAt }: Pick<Export, "wish" | "askedAt">,
  onCount: (count: number) => void,
): Promise<ExportedFile[]> {
  const { format, sources, where, since, until, asOf } = wish;
  await mkdir(folder, { recursive: true, mode: 0o700 });
  if (format === "warc" || format === "wacz") {
    const file = join(folder, format === "warc" ? "archive.warc.gz" : "archive.wacz");
    // A process that ended before it could say so has written all of it.
    if (!existsSync(file)) {
      const how = { format, file, onCapture: onCount, asked: JSON.stringify(wish), resume: true };
      const { exportArchive } = await import("../../archive/warc/export.ts");
      await exportArchive(store, { sources, since, until }, how);
    }
  } else {
    const output = join(folder, format === "parquet" ? "articles" : `articles.${format}`);
    // A process that ended before it could say so has written all of it.
    if (!existsSync(manifestOf({ format, output }))) {
      const how = { asked: JSON.stringify(wish), resume: true, now: () => askedAt };
      const query = wish.search ?? null;
      const found = query === null ? null : { query, ids: await foundBy(search, query, folder) };
      const slice = { sources, where, since, until, asOf, found };
      const { exportArticleFiles } = await import("../../archive/export/articles.ts");
      await exportArticleFiles(store, () => slice, { format, output, ...how, onArticle: onCount });
    }
    await rm(join(folder, FOUND), { force: true });
  }
  return filesIn(folder);
}

/** What a search found when its export began: one that goes on is of the same articles. */
const FOUND = "found.part";
/** Matches that are exported, the newest: what stays in memory of them is small. */
const MOST_FOUND = 200_000;

async function foundBy(
  search: Pick<OpenedSearch, "articles"> | undefined,
  query: string,
  folder: string,
): Promise<string[]> {
  const file = join(folder, FOUND);
  const kept = await readFile(file, "utf8").catch(() => null);
  if (kept !== null) return kept === "" ? [] : kept.split("\n");
  if (!search) throw new Error("search is off here (NEWSGATHER_SEARCH)");
  const ids = await search.articles({ query, most: MOST_FOUND });
  await writeFile(`${file}.new`, ids.join("\n"), { mode: 0o600 });
  await rename(`${file}.new`, file);
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
