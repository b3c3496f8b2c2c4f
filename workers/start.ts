import { Worker } from "bullmq";
import { LIMITS } from "../config/limits.ts";
import type { Logger } from "../config/logger.ts";
import { within } from "../lib/stack.ts";
import type { QueueName } from "../queues/pipeline.ts";
import { connect, keyPrefix, type QueueAddress } from "./enqueue.ts";
import type { Handler } from "./handlers.ts";

/** Stalls don't count against host turns: the page is the suspect, and links count their tries. */
const STALLS = 1000;

/** Running workers of one process. */
export interface Workers {
  /** Waits for jobs at work, at most `deadline` ms; then their locks run out and others take over. */
  close(deadline: number): Promise<void>;
}

/** Starts one BullMQ worker per handler. */
export function startWorkers(
  handlers: Partial<Record<QueueName, Handler>>,
  options: QueueAddress & { concurrency: Partial<Record<QueueName, number>>; log: Logger },
): Workers {
  const { redisUrl, prefix, concurrency } = options;
  const running = Object.entries(handlers).map(([name, handler]) => {
    const log = options.log.child({ queue: name });
    const connection = connect(redisUrl, { maxRetriesPerRequest: null });
    const worker = new Worker(name, handler, {
      connection,
      prefix: keyPrefix(prefix, name),
      concurrency: concurrency[name as QueueName] ?? 1,
      lockDuration: LIMITS.lock,
      stalledInterval: LIMITS.stallCheck,
      maxStalledCount: STALLS,
    });
    worker.on("failed", (job, err) => log.error({ err, jobId: job?.id }, "job failed"));
    worker.on("stalled", (jobId) => log.warn({ jobId }, "job was lost with its worker; again"));
    worker.on("error", (err) => log.debug({ err }, "worker error"));
    return { worker, connection };
  });
  return {
    async close(deadline) {
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
