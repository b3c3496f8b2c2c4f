import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { writeExport } from "../../archive/write-export.ts";
import type { Config } from "../../config/env.ts";
import { LIMITS } from "../../config/limits.ts";
import { type Export } from "../../model/archive/export.ts";
import type { ExportDeps } from "../../web/server/config.ts";
import { enqueueExports, sweepExports } from "../../workers/export/export.ts";
import { exportHandlers } from "../../workers/handlers.ts";
import { startWorkers } from "../../workers/runtime/start-workers.ts";
import type { Opened } from "./context.ts";
import type { OpenedSearch } from "./search.ts";

/** How often it is looked for exports that are due, and for files that are to go, ms. */
const CHECK_INTERVAL_MS = 5000;

/** The worker and the clock of exports, put on the stack; their files lie in the data folder. */
export async function openExports(
  config: Config,
  { deps, queues, stack, meter }: Opened,
  search: OpenedSearch | undefined,
): Promise<ExportDeps> {
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
  const findDue = async () => {
    await enqueueExports(deps);
    await sweepExports(deps, folder);
  };
  const check = () => void findDue().catch((err: unknown) => log.debug({ err }, "no exports"));
  const timer = setInterval(check, CHECK_INTERVAL_MS);
  stack.add("export clock", () => clearInterval(timer));
  return { folder, producer: deps.producer };
}
