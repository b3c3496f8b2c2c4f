/** What a program has opened, to be released at the end. Only the first `close` releases it. */
export class ReleaseStack {
  #releases: { name: string; release: () => unknown }[] = [];
  #closing: Promise<void> | undefined;

  add(name: string, release: () => unknown): void {
    this.#releases.push({ name, release });
  }

  /** Releases all in reverse order, even if a release fails or exceeds `deadline` ms. */
  close(deadline = 10_000, report: (name: string, error: unknown) => void = () => {}) {
    this.#closing ??= this.#close(deadline, report);
    return this.#closing;
  }

  async #close(deadline: number, report: (name: string, error: unknown) => void): Promise<void> {
    for (const { name, release } of this.#releases.toReversed()) {
      try {
        await within(deadline, Promise.resolve(release()), `closing ${name}`);
      } catch (error) {
        report(name, error);
      }
    }
  }
}

/** Settles like `promise`; after `ms`, rejects with `WHAT timed out after N ms`. */
export async function within<T>(ms: number, promise: Promise<T>, what: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what} timed out after ${ms} ms`)), ms);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Settles like `promise`, but rejects with the reason of `signal` if the signal aborts first. */
export function orAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return promise;
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    if (signal.aborted) abort();
    signal.addEventListener("abort", abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", abort));
  });
}
