import { ProblemError } from "./call.ts";

/** How long a follower waits for a server that is away. */
export interface Patience {
  signal?: AbortSignal | undefined;
  /** Told before each pause of `ms`: what failed. */
  onRetry?: ((error: Error, ms: number) => void) | undefined;
}

const LONGEST = 60_000;

/** Asks again until it is answered, with pauses that double and full jitter; throws what no repeat heals. */
export async function patiently<Answer>(
  ask: () => Promise<Answer>,
  { signal, onRetry }: Patience,
): Promise<Answer> {
  for (let tries = 0; ; tries++) {
    try {
      return await ask();
    } catch (error) {
      if (signal?.aborted || !(error instanceof Error) || !mayPass(error)) throw error;
      const retryAfterMs = error instanceof ProblemError ? error.retryAfter : null;
      const ms = retryAfterMs ?? Math.random() * Math.min(LONGEST, 500 * 2 ** tries);
      onRetry?.(error, ms);
      await pause(ms, signal);
    }
  }
}

/** Busy, broken or restarting; `fetch` throws a TypeError where it reaches nobody. */
function mayPass(error: Error): boolean {
  if (error instanceof ProblemError) return error.status === 429 || error.status >= 500;
  return error instanceof TypeError || error.name === "TimeoutError";
}

function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const over = () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", over);
      resolve();
    };
    const timer = setTimeout(over, ms);
    signal?.addEventListener("abort", over);
  });
}
