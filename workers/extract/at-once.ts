import pLimit from "p-limit";

/**
 * Somebody has waited so long, without a pause, before one more may run, ms: twice as long as it
 * takes one thread to get used to a crawl that begins.
 */
const PATIENCE = 4000;

/** Runs one thing at a time while that is enough, and more at once while others wait. */
export interface AtOnce {
  <T>(work: () => Promise<T>): Promise<T>;
  /** Looks whether others wait too long; to be asked now and then while something runs. */
  look(): void;
}

/**
 * Lets `most` things run at once, but another one only once somebody has waited for `patience` ms
 * without a pause, and one alone again after all had an end.
 */
export function atOnce(most: number, patience = PATIENCE): AtOnce {
  const limit = pLimit(1);
  let waitingSince = 0;
  const look = () => {
    const now = performance.now();
    if (limit.pendingCount === 0) waitingSince = now;
    else if (limit.concurrency < most && now - waitingSince >= patience) {
      limit.concurrency += 1;
      waitingSince = now;
    }
  };
  const run = <T>(work: () => Promise<T>): Promise<T> => {
    if (limit.activeCount === 0) limit.concurrency = 1;
    look();
    return limit(work);
  };
  return Object.assign(run, { look });
}
