import { existsSync } from "node:fs";
import { mkdir, readdir } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import type { Config } from "../../config/env.ts";
import { LIMITS } from "../../config/limits.ts";
import type { Export, ExportedFile } from "../../model/export.ts";
import type { ExportActions } from "../../publish/exports/actions.ts";
import type { Store } from "../../store/store.ts";
import { enqueueExports, sweepExports } from "../../workers/export/enqueue.ts";
import { exportHandlers } from "../../workers/handlers.ts";
import { startWorkers } from "../../workers/start.ts";
import { exportArticleFiles } from "../export/articles.ts";
import { fileDigest } from "../file-digest.ts";
import { exportArchive } from "../warc/export.ts";
import type { Opened } from "./context.ts";

/** How often it is looked for exports that are due, and for files that are to go, ms. */
const LOOK = 5000;

/** The worker and the clock of exports, put on the stack; their files lie in the data folder. */
export async function openExports(
  config: Config,
  { deps, queues, stack, meter }: Opened,
): Promise<ExportActions> {
  const { store, log } = deps;
  const folder = join(config.dataDir, "exports");
  await mkdir(folder, { recursive: true });
  const exporting = {
    ...deps,
    write: (one: Export, onCount: (count: number) => void) =>
      writeExport(store, join(folder, one._id), one, onCount),
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
  store: Store,
  folder: string,
  { wish, askedAt }: Pick<Export, "wish" | "askedAt">,
  onCount: (count: number) => void,
): Promise<ExportedFile[]> {
  const { format, sources, where, since, until, asOf } = wish;
  await mkdir(folder, { recursive: true });
  if (format === "warc" || format === "wacz") {
    const file = join(folder, format === "warc" ? "archive.warc.gz" : "archive.wacz");
    await exportArchive(store, { sources, since, until }, { format, file, onCapture: onCount });
  } else {
    const output = join(folder, format === "parquet" ? "articles" : `articles.${format}`);
    // A process that ended before it could say so has written all of it.
    const manifest =
      format === "parquet" ? join(output, "manifest.json") : `${output}.manifest.json`;
    if (!existsSync(manifest)) {
      const how = { asked: JSON.stringify(wish), resume: true, now: () => askedAt };
      const slice = { sources, where, since, until, asOf };
      await exportArticleFiles(store, () => slice, { format, output, ...how, onArticle: onCount });
    }
  }
  return filesIn(folder);
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
