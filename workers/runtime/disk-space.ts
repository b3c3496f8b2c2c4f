import { cached } from "../../lib/async.ts";
import type { Memory } from "../../queues/producer.ts";

/** The free space on the disk for data, and what is wrong with it or with Redis's memory. */
export interface DiskSpace {
  /** Number of free bytes; null if unknown. */
  free: number | null;
  /** Why fetching is paused: disk or Redis memory is low. Null if fetching isn't paused. */
  low: string | null;
  /** A warning that Redis's memory is filling up; null if enough is free or Redis has no limit. */
  tight: string | null;
}

const GB = 1024 ** 3;
/** In this time, fetching uses only a small part of the space that must stay free. */
const CACHE_TTL_MS = 5000;
/** A full Redis refuses even commands that would empty it. */
const MEMORY_ALARM_SHARE = 0.6;
const MEMORY_STOP_SHARE = 0.75;

/**
 * Returns a function that measures free space and caches the result. Fetching pauses below `least`
 * free bytes, or if Redis's memory is three quarters full.
 */
export function createDiskSpace(
  read: () => Promise<(number | null)[]>,
  least: number,
  readMemory: () => Promise<Memory | null> = () => Promise.resolve(null),
): () => Promise<DiskSpace> {
  const answers = cached(
    async (): Promise<DiskSpace> => {
      const known = (await read().catch(() => [])).flatMap((bytes) => bytes ?? []);
      const free = known.length > 0 ? Math.min(...known) : null;
      const memory = await readMemory().catch(() => null);
      const filled = memory?.most ? memory.used / memory.most : 0;
      const tight = filled >= MEMORY_ALARM_SHARE ? describeMemory(filled) : null;
      const low = free !== null && free < least ? describe(free, least) : null;
      return { free, low: low ?? (filled >= MEMORY_STOP_SHARE ? tight : null), tight };
    },
    { ttl: CACHE_TTL_MS, size: 1 },
  );
  return () => answers.get("");
}

function describeMemory(filled: number): string {
  const what =
    `Redis has used ${Math.floor(filled * 100)} % of its maxmemory: raise the limit, ` +
    "or find out what fills Redis (`newsgather status` shows the number of jobs)";
  return filled >= MEMORY_STOP_SHARE
    ? `${what}; nothing is fetched until less than 75 % is used`
    : what;
}

function describe(free: number, least: number): string {
  return (
    `only ${(free / GB).toFixed(2)} GB of disk space is free, less than NEWSGATHER_DISK_FREE ` +
    `(${(least / GB).toFixed(2)} GB): nothing is fetched until more is free`
  );
}
