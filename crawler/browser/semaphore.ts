import pLimit from "p-limit";

/** A limited number of permits, handed out in the order of requests. */
export interface Semaphore {
  /** Waits for a permit. Returns a function that gives it back; only its first call counts. */
  acquire(): Promise<() => void>;
}

export function createSemaphore(count: number): Semaphore {
  const limit = pLimit(count);
  return {
    acquire: () =>
      new Promise((enter) => {
        // The limit counts this task as running until the holder of the permit calls `leave`.
        void limit(() => new Promise<void>((leave) => enter(leave)));
      }),
  };
}
