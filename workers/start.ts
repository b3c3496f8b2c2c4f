import { setMaxListeners } from "node:events";
import { Worker } from "bullmq";
import { LIMITS } from "../config/limits.ts";
import type { Logger } from "../config/logger.ts";
import { within } from "../lib/stack.ts";
import type { Trouble } from "../model/trouble.ts";
import type { QueueName } from "../queues/pipeline.ts";
import { connect, keyPrefix, type QueueAddress } from "../queues/producer.ts";
import { keepTime } from "./clock.ts";
import type { Handler } from "./handlers.ts";
import { createProgress } from "./progress.ts";
import type { Meter } from "./telemetry/meter.ts";

/** Stalls don't count against host turns: the page is the suspect, and links count their tries. */
const STALLS = 1000;

/** Running workers of one process. */
export interface Workers {
  /** What keeps work from being done; `waiting` tells how many jobs wait in a queue. */
  trouble(waiting: (queue: QueueName) => number): Trouble | null;
  /** Waits for jobs at work, at most `deadline` ms; then their locks run out and others take over. */
  close(deadline: number): Promise<void>;
}

/** Starts one BullMQ worker per handler; it takes work while this machine's clock agrees with Redis's. */
export function startWorkers(
  handlers: Partial<Record<QueueName, Handler>>,
  options: QueueAddress & {
    concurrency: Partial<Record<QueueName, number>>;
    /** Work of which none ends for so long is stuck, ms; it is said after half of that. */
    stuckAfter: number;
    meter: Meter;
    log: Logger;
  },
): Workers {
  const { redisUrl, prefix, concurrency, stuckAfter, meter } = options;
  const progress = createProgress();
  const closing = new AbortController();
  // Every job that waits for its host's next turn listens to it.
  setMaxListeners(0, closing.signal);
  const running = Object.entries(handlers).map(([key, handler]) => {
    const name = key as QueueName;
    const log = options.log.child({ queue: name });
    const connection = connect(redisUrl, { maxRetriesPerRequest: null });
    const work = progress.counted(name, meter.job(name, handler));
    const worker = new Worker(name, (job, token) => work(job, token, closing.signal), {
      connection,
      prefix: keyPrefix(prefix, name),
      concurrency: concurrency[name] ?? 1,
      lockDuration: LIMITS.lock,
      stalledInterval: LIMITS.stallCheck,
      maxStalledCount: STALLS,
      runRetryDelay: LIMITS.redisAgain,
      autorun: false,
    });
    worker.on("failed", (job, err) => log.error({ err, jobId: job?.id }, "job failed"));
    worker.on("stalled", (jobId) => log.warn({ jobId }, "job was lost with its worker; again"));
    worker.on("error", (err) => log.debug({ err }, "worker error"));
    return { worker, connection, log };
  });
  const time = connect(redisUrl, { maxRetriesPerRequest: 1 });
  const clock = keepTime(time, (may) => running.forEach((one) => turnOn(one, may)), options.log);
  return {
    trouble(waiting) {
      const wrong = clock.problem();
      return wrong === null
        ? progress.stuck(waiting, stuckAfter / 2)
        : { text: wrong, stuckSince: null };
    },
    async close(deadline) {
      closing.abort();
      clock.stop();
      time.disconnect();
      const closed = running.map(async ({ worker, connection }) => {
        try {
          await within(deadline, worker.close(), `worker ${worker.name}`);
        } catch (err) {
          options.log.warn({ err }, "jobs were left at work");
          await worker.close(true);
        }
        connection.disconnect();
      });
      await Promise.all(closed);
    },
  };
}

function turnOn({ worker, log }: { worker: Worker; log: Logger }, on: boolean): void {
  const fail = (err: unknown) => log.error({ err }, "worker does not start or stop");
  if (!on) worker.pause(true).catch(fail);
  else if (worker.isPaused()) worker.resume().catch(fail);
  else if (!worker.isRunning()) worker.run().catch(fail);
}
