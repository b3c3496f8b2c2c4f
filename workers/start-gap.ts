import { sleep } from "../lib/time.ts";

/** Hosts remembered; the oldest is dropped. */
const HOSTS = 5000;

/**
 * Keeps the requests of this process to a host `gap` ms apart, start to start. The lease in Redis
 * says when a turn begins; between that and its request lies a write to the database, which takes
 * now longer and now shorter, so with several requests at once two could start close together.
 */
export function createStartGap(): (host: string, gap: number) => Promise<void> {
  const starts = new Map<string, number>();
  return async (host, gap) => {
    const now = performance.now();
    const at = Math.max(now, (starts.get(host) ?? Number.NEGATIVE_INFINITY) + gap);
    starts.delete(host);
    starts.set(host, at);
    const [oldest] = starts.keys();
    if (starts.size > HOSTS && oldest !== undefined) starts.delete(oldest);
    await sleep(at - now);
  };
}
