import pLimit from "p-limit";
import { Piscina } from "piscina";
import { LIMITS } from "../config/limits.ts";
import { GiveUp } from "../model/failure.ts";
import type { TopicRule } from "../model/topic.ts";
import type { Discovered, DiscoverTask, Extracted, ExtractTask } from "./parse-tasks.ts";

/** Parsing off the event loop: a page that hangs or bursts costs only its thread. */
export interface Parser {
  extract(task: ExtractTask): Promise<Extracted>;
  discover(task: DiscoverTask): Promise<Discovered>;
  close(): Promise<void>;
}

/** What every parser thread is started with. */
export interface ThreadData {
  topics: readonly TopicRule[];
}

/** A thread may take so long to start on a busy machine, ms; only then the clock of its page runs. */
const START = 60_000;
/** How often the clock looks, ms. */
const STEP = 50;
/** Heap of one parser thread, MB; a page over it ends the thread, not the process. */
const HEAP = 512;

// Threads run compiled code; tests that run from source use the build beside them.
const THREAD = import.meta.url.endsWith(".ts")
  ? new URL("../dist/workers/parse-thread.js", import.meta.url)
  : new URL("./parse-thread.js", import.meta.url);

/**
 * A pool of parser threads. A task that takes over 5 s, or more memory than a thread may have, has
 * its thread ended and rejects with `GiveUp("parse")`.
 */
export function createParser(threads: number, topics: readonly TopicRule[]): Parser {
  const pool = new Piscina({
    filename: THREAD.href,
    minThreads: 1,
    maxThreads: threads,
    idleTimeout: 60_000,
    workerData: { topics } satisfies ThreadData,
    resourceLimits: { maxOldGenerationSizeMb: HEAP },
  });
  // Waiting happens here and not in the pool, so that the clock runs for the page alone.
  const limit = pLimit(threads);
  const run = async (task: ExtractTask | DiscoverTask): Promise<unknown> => {
    const begun = new Int32Array(new SharedArrayBuffer(4));
    const clock = pageClock(begun);
    // A copy of the bytes goes over, since the stored body may share their memory.
    const body = new Uint8Array(task.body);
    try {
      const options = { signal: clock.signal, transferList: [body.buffer] };
      return await pool.run({ ...task, body, begun }, options);
    } catch (error) {
      const why = clock.signal.aborted ? `took over ${LIMITS.parseDeadline} ms` : String(error);
      throw new GiveUp("parse", `parsing ${task.url}: ${why}`, { cause: error });
    } finally {
      clock.stop();
    }
  };
  return {
    extract: async (task) => (await limit(run, task)) as Extracted,
    discover: async (task) => (await limit(run, task)) as Discovered,
    close: () => pool.close({ force: true }),
  };
}

/** Fires when a page has taken its time, counted from where its thread begins with it. */
function pageClock(begun: Int32Array) {
  const controller = new AbortController();
  let left = LIMITS.parseDeadline;
  let toStart = START;
  const timer = setInterval(() => {
    if (begun[0] === 1) left -= STEP;
    else toStart -= STEP;
    if (Math.min(left, toStart) <= 0) controller.abort();
  }, STEP);
  return { signal: controller.signal, stop: () => clearInterval(timer) };
}
