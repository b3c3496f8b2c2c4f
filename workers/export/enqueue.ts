import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { exportQueue } from "../../queues/queues.ts";
import { dueExports, keptExports } from "../../store/archive/exports.ts";
import type { Deps } from "../deps.ts";

/** Enqueues every export that is due: also those that Redis, or a process that ended, forgot. */
export async function enqueueExports({
  store,
  producer,
  now,
}: Pick<Deps, "store" | "producer" | "now">): Promise<void> {
  const due = await dueExports(store, now());
  await producer.add(
    exportQueue,
    due.map(({ _id: exportId }) => ({ exportId })),
  );
}

/** Removes the files of exports that are over: expired, removed, failed or withdrawn. */
export async function sweepExports({ store }: Pick<Deps, "store">, folder: string): Promise<void> {
  const there = await readdir(folder).catch(() => []);
  const kept = await keptExports(store, there);
  for (const id of there.filter((name) => !kept.has(name))) {
    await rm(join(folder, id), { recursive: true, force: true });
  }
}
