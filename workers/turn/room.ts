import { cached } from "../../lib/cache.ts";

/** The room left where data is written. */
export interface Room {
  /** Bytes; null where nobody tells. */
  free: number | null;
  /** Why nothing is fetched for now, in words; null while there is room. */
  low: string | null;
}

const GB = 1024 ** 3;
/** How long an answer is good for, ms: seconds of fetching take far less than the watermark. */
const TTL = 5000;

/**
 * A reader of the room left, which says so when less than `least` bytes are free. Fetching stops
 * there, while what is under way can still be stored. Room that can't be read stops nothing.
 */
export function createRoom(
  read: () => Promise<(number | null)[]>,
  least: number,
): () => Promise<Room> {
  const answers = cached(
    async (): Promise<Room> => {
      const known = (await read().catch(() => [])).flatMap((bytes) => bytes ?? []);
      const free = known.length > 0 ? Math.min(...known) : null;
      return { free, low: free !== null && free < least ? describe(free, least) : null };
    },
    { ttl: TTL, size: 1 },
  );
  return () => answers.get("");
}

function describe(free: number, least: number): string {
  return (
    `only ${(free / GB).toFixed(2)} GB of disk are free, less than NEWSGATHER_DISK_FREE ` +
    `(${(least / GB).toFixed(2)} GB): nothing is fetched until there is more`
  );
}
