/**
 * Releases what a program has opened, last opened first. `close` is idempotent and tries every
 * release.
 */
export class ReleaseStack {
  #releases: { name: string; release: () => unknown }[] = [];
  #closing: Promise<void> | undefined;

  /** Registers how to release something that was just opened. */
  add(name: string, release: () => unknown): void {
    this.#releases.push({ name, release });
  }

  /**
   * Releases everything in reverse order. Abandons and reports a release that takes longer than
   * `deadline` ms. Reports errors, and continues with the rest.
   */
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

/** Returns the promise's value; rejects with `what timed out after N ms` if it takes too long. */
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
