import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from "../lib/time.ts";
import { type Cause, GiveUp, RetryLater } from "../model/crawl/outcome.ts";

interface Backoff {
  firstMs: number;
  factor: number;
  maxMs: number;
  leastShare: number;
}

const MESSAGE_BACKOFF: Backoff = {
  firstMs: 5 * SECOND_MS,
  factor: 2,
  maxMs: HOUR_MS,
  leastShare: 0.5,
};

export const RETRY_POLICY = {
  /** A link whose fetch failed; after the last attempt it becomes a dead letter. */
  link: {
    maxAttempts: 4,
    backoff: { firstMs: 10 * SECOND_MS, factor: 4, maxMs: HOUR_MS, leastShare: 0.2 },
    /** First delay by cause, ms, if it differs from the default. */
    firstMs: {
      dns: 30 * SECOND_MS,
      timeout: 30 * SECOND_MS,
      "too-many-requests": MINUTE_MS,
    } as Partial<Record<Cause, number>>,
  },
  /** A host that fails. It is paused at `maxFailures` failures in a row. */
  host: {
    maxFailures: 5,
    backoff: { firstMs: MINUTE_MS, factor: 2, maxMs: 6 * HOUR_MS, leastShare: 1 },
  },
  /** A robots.txt that gave an error status (`refused`) or no response (`silent`). */
  hostFile: {
    firstMs: { refused: 10 * MINUTE_MS, silent: 15 * SECOND_MS },
    factor: 2,
    maxMs: 6 * HOUR_MS,
  },
  /** When to request a tdmrep.json again after a 5xx, a 429 or no response. */
  tdmFile: { delayMs: HOUR_MS },
  /** A URL that is fetched outside of a run, for example for a preview. */
  visit: { maxAttempts: 2, maxDelayMs: 5 * SECOND_MS },
  /** An outage of our own network. At each interval, one request checks whether it is over. */
  outage: { linkDelayMs: 15 * SECOND_MS, probeIntervalMs: 10 * SECOND_MS },
  /** A link that waits while another process logs in. */
  login: { delayMs: 3 * SECOND_MS },
  /** When to repeat a job that fetches a host's links, if it couldn't reach the database. */
  database: { delayMs: SECOND_MS },
  /** A job that failed unexpectedly. Its queue's definition has the number of attempts. */
  job: { firstMs: SECOND_MS, jitter: 0.5 },
  /** A message to a webhook. After `stopAfterMs` of failed deliveries, the webhook is stopped. */
  delivery: { backoff: MESSAGE_BACKOFF, stopAfterMs: DAY_MS },
  alarm: { maxAttempts: 12, backoff: MESSAGE_BACKOFF },
  hubPing: { backoff: MESSAGE_BACKOFF },
  /** A subscription that a feed's hub didn't accept. */
  subscription: {
    backoff: { firstMs: 5 * MINUTE_MS, factor: 2, maxMs: DAY_MS, leastShare: 1 },
  },
  export: { maxAttempts: 3, delayMs: MINUTE_MS },
};

/** Returns how long to wait after attempt number `attempts` (from 1), ms; `random` is in [0, 1). */
export function backoffDelay(
  { firstMs, factor, maxMs, leastShare }: Backoff,
  attempts: number,
  random: number,
): number {
  const longest = Math.min(maxMs, firstMs * factor ** Math.max(0, attempts - 1));
  return Math.round(longest * (leastShare + (1 - leastShare) * random));
}

/** The number of attempts, including the failed one, and a random number in [0, 1). */
export interface AttemptState {
  attempts: number;
  random: number;
}

/** Returns `RetryLater`; after the last attempt, `GiveUp`. `delay` (ms) replaces the backoff. */
export function retryOrGiveUp(
  cause: Cause,
  message: string,
  { attempts, random }: AttemptState,
  options: { delay?: number | null; error?: unknown } = {},
): RetryLater | GiveUp {
  const because = options.error === undefined ? {} : { cause: options.error };
  const { maxAttempts, backoff, firstMs } = RETRY_POLICY.link;
  const own = { ...backoff, firstMs: firstMs[cause] ?? backoff.firstMs };
  const delay = options.delay || backoffDelay(own, attempts, random);
  if (attempts >= maxAttempts) {
    return new GiveUp(cause, `${message}, after ${attempts} tries`, { ...because, delay });
  }
  return new RetryLater(cause, message, { ...because, delay });
}
