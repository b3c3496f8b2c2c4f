import type { Trouble } from "../model/trouble.ts";
import type { QueueName } from "../queues/pipeline.ts";
import type { Handler } from "./handlers.ts";

/** Whether the jobs of one process come to an end. */
export interface Progress {
  /** The handler, its jobs counted. */
  counted(queue: QueueName, handler: Handler): Handler;
  /**
   * Where work is stuck: jobs wait or are at work, and none has ended for `patience` ms. `waiting`
   * is how many jobs wait in a queue now. Null while all is well.
   */
  stuck(waiting: (queue: QueueName) => number, patience: number): Trouble | null;
}

interface Count {
  atWork: number;
  /** When a job last ended, or when there last was nothing to do; ms. */
  movedAt: number;
}

/** Counts jobs that begin and end; `now` in ms. */
export function createProgress(now: () => number = Date.now): Progress {
  const counts = new Map<QueueName, Count>();
  return {
    counted(queue, handler) {
      const count: Count = { atWork: 0, movedAt: now() };
      counts.set(queue, count);
      return async (...run) => {
        count.atWork++;
        try {
          return await handler(...run);
        } finally {
          count.atWork--;
          count.movedAt = now();
        }
      };
    },
    stuck(waiting, patience) {
      for (const [queue, count] of counts) {
        const wait = waiting(queue);
        if (wait === 0 && count.atWork === 0) count.movedAt = now();
        const since = now() - count.movedAt;
        if (since <= patience) continue;
        const seconds = Math.round(since / 1000);
        const jobs = `${wait} jobs wait and ${count.atWork} are at work`;
        const text = `queue ${queue}: ${jobs}, none has ended for ${seconds} s`;
        return { text, stuckSince: count.movedAt };
      }
      return null;
    },
  };
}
