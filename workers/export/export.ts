import { randomUUID } from "node:crypto";
import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { RETRY_POLICY } from "../../config/retry-policy.ts";
import { isDiskFull } from "../../lib/write-file.ts";
import type { DeniedCounts, Export, ExportedFile } from "../../model/archive/export.ts";
import { exportQueue } from "../../queues/queues.ts";
import {
  dueExports,
  findAvailableExports,
  getExport,
  setExport,
} from "../../store/archive/exports.ts";
import type { Deps } from "../deps.ts";

export interface ExportDeps extends Pick<Deps, "store" | "now" | "log"> {
  /** Writes or continues an export. `onCount` gets the number of articles or captures so far. */
  write(
    one: Export,
    onCount: (count: number) => void,
  ): Promise<{ files: ExportedFile[]; leftOut: DeniedCounts }>;
}

const PROGRESS_INTERVAL_MS = 1000;
const EXPORT_RETENTION_MS = 7 * 86_400_000;

export async function runExport(deps: ExportDeps, id: string): Promise<void> {
  const { store, now, log } = deps;
  const one = await getExport(store, id);
  if (!one?.dueAt) return;
  const owner = randomUUID();
  await setExport(store, id, { state: "running", owner });
  let written = 0;
  let unwanted = false;
  const reportProgress = async () => {
    const there = await getExport(store, id);
    if (there?.owner !== owner) unwanted = true;
    else await setExport(store, id, { written });
  };
  const timer = setInterval(() => {
    reportProgress().catch((err: unknown) =>
      log.debug({ err }, "can't store the progress of an export"),
    );
  }, PROGRESS_INTERVAL_MS);
  try {
    const { files, leftOut } = await deps.write(one, (count) => {
      if (unwanted) throw new Unwanted();
      written = count;
    });
    await reportProgress();
    if (unwanted) return;
    const [finishedAt, expiresAt] = [now(), new Date(now().getTime() + EXPORT_RETENTION_MS)];
    const end = { written, files, leftOut, finishedAt, expiresAt, reason: null };
    await setExport(store, id, { state: "done", dueAt: null, owner: null, ...end });
  } catch (error) {
    if (error instanceof Unwanted) return;
    log.error({ err: error, exportId: id }, "export failed");
    await fail(deps, one, error);
  } finally {
    clearInterval(timer);
  }
}

class Unwanted extends Error {}

async function fail({ store, now }: ExportDeps, one: Export, error: unknown): Promise<void> {
  const failures = one.failures + 1;
  const message = error instanceof Error ? error.message : String(error);
  const reason = isDiskFull(error) ? `${message}. Free some disk space.` : message;
  const { maxAttempts, delayMs } = RETRY_POLICY.export;
  const last = failures >= maxAttempts;
  const dueAt = last ? null : new Date(now().getTime() + delayMs);
  const state = last ? "failed" : "waiting";
  const finishedAt = last ? now() : null;
  await setExport(store, one._id, { state, dueAt, owner: null, failures, reason, finishedAt });
}

export async function enqueueExports({
  store,
  producer,
  now,
}: Pick<Deps, "store" | "producer" | "now">): Promise<void> {
  const due = await dueExports(store, now());
  const payloads = due.map(({ _id: exportId }) => ({ exportId }));
  await producer.add(exportQueue, payloads);
}

/** Removes the files of exports that failed, were withdrawn or no longer exist. */
export async function sweepExports({ store }: Pick<Deps, "store">, folder: string): Promise<void> {
  const there = await readdir(folder).catch(() => []);
  const available = await findAvailableExports(store, there);
  for (const id of there.filter((name) => !available.has(name))) {
    await rm(join(folder, id), { recursive: true, force: true });
  }
}
