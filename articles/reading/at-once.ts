import { cpus } from "node:os";
import pLimit from "p-limit";

/**
 * Somebody has waited so long, without a pause, before one more may run, ms: twice as long as it
 * takes one thread to get used to a crawl that begins.
 */
const PATIENCE = 4000;
/** One more would have this much of a core for itself; with less it only takes turns with those that run. */
const SPARE = 0.5;

/** Runs one thing at a time while that is enough, and more at once while others wait. */
export interface AtOnce {
  <T>(work: () => Promise<T>): Promise<T>;
  /** Looks whether others wait too long; to be asked now and then while something runs. */
  look(): void;
}

/**
 * Lets `most` things run at once, but another one only once somebody has waited for `patience` ms
 * without a pause, with half a core idle in the second half of them, and one alone again after all
 * had an end. Tests give another count of idle cores.
 */
export function atOnce(most: number, patience = PATIENCE, countIdle = idleCores): AtOnce {
  const limit = pLimit(1);
  let waitingSince = performance.now();
  let idle: (() => number) | undefined;
  const startOver = () => {
    waitingSince = performance.now();
    idle = undefined;
  };
  const look = () => {
    const waited = performance.now() - waitingSince;
    if (limit.pendingCount === 0) startOver();
    else if (limit.concurrency >= most || waited < patience / 2) return;
    else if (!idle) {
      startOver();
      idle = countIdle();
    } else {
      if (idle() >= SPARE) limit.concurrency += 1;
      startOver();
    }
  };
  const run = <T>(work: () => Promise<T>): Promise<T> => {
    if (limit.activeCount === 0) limit.concurrency = 1;
    look();
    return limit(work);
  };
  return Object.assign(run, { look });
}

/**
 * Begins to count; what it answers tells how many cores of this machine did nothing since then, on average (of two,
 * 0 to 2). A container that may use less than its machine has sees its machine's: there it is an upper bound.
 */
export function idleCores(): () => number {
  const since = performance.now();
  const before = idleTime();
  return () => (idleTime() - before) / (performance.now() - since);
}

/** What all cores together did nothing, ms since the machine started. */
function idleTime(): number {
  return cpus().reduce((sum, { times }) => sum + times.idle, 0);
}
