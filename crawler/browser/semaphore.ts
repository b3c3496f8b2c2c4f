/** A limited number of permits, handed out in the order of requests. */
export interface Semaphore {
  /** Waits for a permit. Returns a function that gives it back; only its first call counts. */
  acquire(): Promise<() => void>;
}

export function createSemaphore(count: number): Semaphore {
  let free = count;
  const waiting: (() => void)[] = [];
  const leave = () => {
    const next = waiting.shift();
    if (next) next();
    else free += 1;
  };
  return {
    async acquire() {
      if (free > 0) free -= 1;
      else await new Promise<void>((resolve) => void waiting.push(resolve));
      let taken = true;
      return () => {
        if (taken) leave();
        taken = false;
      };
    },
  };
}
