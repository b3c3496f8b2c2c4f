import { RetryLater } from "../../model/failure.ts";

/** Waits for work of the browser unless the signal ends that; rejects with its reason then. */
export async function interruptible<T>(
  work: Promise<T>,
  signal: AbortSignal | undefined,
): Promise<T> {
  if (!signal) return work;
  signal.throwIfAborted();
  const done = new AbortController();
  const aborted = new Promise<never>((_, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason), { signal: done.signal });
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    done.abort();
  }
}

/** What an unexpected error of the browser means: again later; of its words the first line is kept. */
export function broken(what: string, error: unknown): RetryLater {
  const [line = ""] = String(error instanceof Error ? error.message : error).split("\n");
  return new RetryLater("browser", `${what}: ${line}`, 15_000, { cause: error });
}
