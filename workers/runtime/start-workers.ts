import { setMaxListeners } from "node:events";
import { type Job, Worker } from "bullmq";
import { LIMITS } from "../../config/limits.ts";
import type { Logger } from "../../config/logger.ts";
import { within } from "../../lib/async.ts";
import { watchPauses } from "../../lib/time.ts";
import type { ProcessProblem } from "../../model/operations/process.ts";
import { connect, keyPrefix, type Producer, type QueueAddress } from "../../queues/producer.ts";
import type { QueueName } from "../../queues/queues.ts";
import type { Handler, JobContext } from "../deps.ts";
import type { Meter } from "./telemetry.ts";

/** BullMQ mustn't give up stalled jobs, because links have their own limit of attempts. */
const MAX_STALLS = 1000;
const PAUSE_CHECK_INTERVAL_MS = 1000;

export interface Workers {
  /** Returns why work is stuck or paused, or null. `waiting` counts a queue's waiting jobs. */
  trouble(waiting: (queue: QueueName) => number): ProcessProblem | null;
  /**
   * Takes no new jobs, and waits up to `deadline` ms for running jobs. Leaves unfinished jobs to
   * other processes.
   */
  close(deadline: number): Promise<void>;
}

/** Starts BullMQ workers, which take jobs only while this machine's and Redis's clocks agree. */
export function startWorkers(
  handlers: Partial<Record<QueueName, Handler>>,
  options: QueueAddress & {
    concurrency: Partial<Record<QueueName, number>>;
    /**
     * Work counts as stuck after this many ms without progress; `trouble` warns after half of this.
     */
    stuckAfter: number;
    producer: Pick<Producer, "time">;
    meter: Meter;
    log: Logger;
  },
): Workers {
  const { redisUrl, prefix, concurrency, stuckAfter, meter } = options;
  const progress = createProgress();
  const pausedMs = watchPauses(PAUSE_CHECK_INTERVAL_MS);
  const forgivePause = () => progress.forgive(pausedMs());
  const pauses = setInterval(forgivePause, PAUSE_CHECK_INTERVAL_MS).unref();
  const closing = new AbortController();
  // Every job that waits for its host's next turn listens to this signal.
  setMaxListeners(0, closing.signal);
  const running = Object.entries(handlers).map(([key, handler]) => {
    const name = key as QueueName;
    const log = options.log.child({ queue: name });
    const connection = connect(redisUrl, { maxRetriesPerRequest: null });
    const work = progress.tracked(name, meter.job(name, handler));
    const worker = new Worker(name, (job, token) => work(job, { token, closing: closing.signal }), {
      connection,
      prefix: keyPrefix(prefix, name),
      concurrency: concurrency[name] ?? 1,
      lockDuration: LIMITS.lock,
      stalledInterval: LIMITS.stallCheck,
      maxStalledCount: MAX_STALLS,
      runRetryDelay: LIMITS.redisRetryDelay,
      autorun: false,
    });
    worker.on("failed", (job, err) => log.error({ err, jobId: job?.id }, "job failed"));
    worker.on("stalled", (jobId) =>
      log.warn({ jobId }, "job was lost with its worker; running it again"),
    );
    worker.on("error", (err) => log.debug({ err }, "worker error"));
    return { worker, connection, log };
  });
  const work = (may: boolean) => running.forEach((one) => turnOn(one, may));
  const clock = watchClocks(options.producer, work, options.log);
  return {
    trouble(waiting) {
      forgivePause();
      const wrong = clock.problem();
      return wrong === null
        ? progress.stuck(waiting, stuckAfter / 2)
        : { text: wrong, stuckSince: null };
    },
    async close(deadline) {
      closing.abort();
      clock.stop();
      clearInterval(pauses);
      const closed = running.map(async ({ worker, connection }) => {
        try {
          await within(deadline, worker.close(), `worker ${worker.name}`);
        } catch (err) {
          options.log.warn({ err }, "jobs were still running when the worker stopped");
          await worker.close(true);
        }
        connection.disconnect();
      });
      await Promise.all(closed);
    },
  };
}

function turnOn({ worker, log }: { worker: Worker; log: Logger }, on: boolean): void {
  const fail = (err: unknown) => log.error({ err }, "can't start or stop a worker");
  if (!on) worker.pause(true).catch(fail);
  else if (worker.isPaused()) worker.resume().catch(fail);
  else if (!worker.isRunning()) worker.run().catch(fail);
}

/** Tracks the progress of jobs. `now` returns the time of a monotonic clock, ms. */
export function createProgress(now: () => number = () => performance.now()) {
  const counts = new Map<QueueName, { atWork: number; movedAt: number }>();
  return {
    tracked(queue: QueueName, handler: Handler) {
      const count = { atWork: 0, movedAt: now() };
      counts.set(queue, count);
      const noteProgress = () => void (count.movedAt = now());
      return async (job: Job, context: Omit<JobContext, "noteProgress">): Promise<unknown> => {
        count.atWork++;
        try {
          return await handler(job, { ...context, noteProgress });
        } finally {
          count.atWork--;
          noteProgress();
        }
      };
    },
    forgive(ms: number) {
      for (const count of counts.values()) count.movedAt = Math.min(now(), count.movedAt + ms);
    },
    stuck(waiting: (queue: QueueName) => number, patience: number): ProcessProblem | null {
      for (const [queue, count] of counts) {
        const wait = waiting(queue);
        if (wait === 0 && count.atWork === 0) count.movedAt = now();
        const since = now() - count.movedAt;
        if (since <= patience) continue;
        const seconds = Math.round(since / 1000);
        const jobs = `waiting jobs: ${wait}, running jobs: ${count.atWork}`;
        const text = `queue ${queue}: ${jobs}; no progress for ${seconds} s`;
        return { text, stuckSince: Date.now() - since };
      }
      return null;
    },
  };
}

const MAX_CLOCK_SKEW_MS = 5_000;
const CLOCK_CHECK_INTERVAL_MS = 10_000;
const CLOCK_RETRY_DELAY_MS = 500;

function watchClocks(
  redis: Pick<Producer, "time">,
  work: (may: boolean) => void,
  log: Pick<Logger, "error" | "info" | "debug">,
) {
  let problem: string | null = null;
  let working = false;
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  const checkClock = async () => {
    let wait = CLOCK_CHECK_INTERVAL_MS;
    try {
      const sentAt = Date.now();
      const shown = await redis.time();
      const skew = (sentAt + Date.now()) / 2 - shown.getTime();
      problem = problemOf(skew);
      if (stopped) return;
      if (working !== (problem === null)) {
        working = problem === null;
        if (problem) log.error({ problem }, "taking no jobs");
        else log.info({}, "taking jobs again");
        work(working);
      }
    } catch (err) {
      log.debug({ err }, "Redis's clock can't be read");
      wait = CLOCK_RETRY_DELAY_MS;
    }
    if (!stopped) timer = setTimeout(() => void checkClock(), wait);
  };
  void checkClock();
  return {
    problem: () => problem,
    stop() {
      stopped = true;
      clearTimeout(timer);
    },
  };
}

function problemOf(skew: number): string | null {
  if (Math.abs(skew) <= MAX_CLOCK_SKEW_MS) return null;
  const seconds = Math.round(Math.abs(skew) / 1000);
  const direction = skew > 0 ? "ahead of" : "behind";
  return `this machine's clock is ${seconds} s ${direction} the clock of Redis, so no jobs are taken: correct the clock`;
}
