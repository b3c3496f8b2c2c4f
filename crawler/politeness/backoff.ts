import { HOUR_MS } from "../../lib/time.ts";
import { type Cause, GiveUp, RetryLater } from "../../model/failure.ts";

/** Tries of one link, the first included, before it becomes a dead letter. */
export const MAX_ATTEMPTS = 4;

const BASES: Partial<Record<Cause, number>> = {
  dns: 30_000,
  timeout: 30_000,
  "too-many-requests": 60_000,
};

/**
 * How long to wait after try number `attempts` (1 is the first), in ms: full jitter over an
 * exponential that depends on the cause, at least a fifth of it, at most an hour. `random` is in [0, 1).
 */
export function backoff(cause: Cause, attempts: number, random: number): number {
  const ceiling = Math.min(HOUR_MS, (BASES[cause] ?? 10_000) * 4 ** Math.max(0, attempts - 1));
  return Math.round(ceiling * (0.2 + 0.8 * random));
}

/**
 * The answer to a failure that may pass: again later, or a dead letter after four tries. `delay` is
 * what the server asked for, in ms; it wins over the backoff.
 */
export function again(
  cause: Cause,
  message: string,
  tries: { attempts: number; random: number },
  options: { delay?: number | null; error?: unknown } = {},
): RetryLater | GiveUp {
  const because = options.error === undefined ? {} : { cause: options.error };
  if (tries.attempts >= MAX_ATTEMPTS) {
    return new GiveUp(cause, `${message}, after ${tries.attempts} tries`, because);
  }
  const delay = options.delay ?? backoff(cause, tries.attempts, tries.random);
  return new RetryLater(cause, message, delay, because);
}
