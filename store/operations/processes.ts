import type { ProcessRecord } from "../../model/operations/process.ts";
import { writeEach } from "../queries.ts";
import type { Store } from "../store.ts";

const HEARTBEAT_TIMEOUT_MS = 60_000;
const MAX_PROCESSES = 200;

export async function saveProcesses(store: Store, processes: ProcessRecord[]): Promise<void> {
  await writeEach(store.collections.processes, processes, (record) => ({
    replaceOne: { filter: { _id: record._id }, replacement: record, upsert: true },
  }));
}

/** Returns the processes with a heartbeat in the last minute, sorted by name; at most 200. */
export async function readProcesses(store: Store, now: Date): Promise<ProcessRecord[]> {
  const span = {
    $gte: new Date(now.getTime() - HEARTBEAT_TIMEOUT_MS),
    $lte: new Date(now.getTime() + HEARTBEAT_TIMEOUT_MS),
  };
  const processes = await store.collections.processes
    .find({ at: span })
    .limit(MAX_PROCESSES)
    .toArray();
  return processes.toSorted((a, b) => a.name.localeCompare(b.name) || a._id.localeCompare(b._id));
}

/** Removes processes by id, and all processes whose last heartbeat was before `before`. */
export async function removeProcesses(store: Store, ids: string[], before: Date): Promise<void> {
  const { processes } = store.collections;
  if (ids.length > 0) await processes.deleteMany({ _id: { $in: ids } });
  await processes.deleteMany({ at: { $gt: new Date(0), $lt: before } });
}
