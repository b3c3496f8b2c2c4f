import { Piscina } from "piscina";
import { LIMITS } from "../../config/limits.ts";
import type { SurveyedPage } from "../../crawler/links/site/survey-page.ts";
import type { Pointed } from "../../extractors/point/point.ts";
import type { TopicRule } from "../../model/articles/classification.ts";
import { GiveUp, RetryLater } from "../../model/crawl/failure.ts";
import { atOnce } from "./at-once.ts";
import type {
  Discovered,
  DiscoverTask,
  Extracted,
  ExtractTask,
  MarkTask,
  PointTask,
  SurveyTask,
} from "./parse-tasks.ts";

/** Parsing off the event loop: a page that hangs or bursts costs only its thread. */
export interface Parser {
  extract(task: ExtractTask): Promise<Extracted>;
  discover(task: DiscoverTask): Promise<Discovered>;
  survey(task: SurveyTask): Promise<SurveyedPage>;
  point(task: PointTask): Promise<Pointed>;
  /** Answers the page with the place of each element. */
  mark(task: MarkTask): Promise<string>;
  close(): Promise<void>;
}

/** What every parser thread is started with. */
export interface ThreadData {
  topics: readonly TopicRule[];
}

/** What tests give in place of a worker's own. */
export interface ParserOptions {
  thread?: URL;
  deadline?: number;
  heap?: number;
  patience?: number;
  countIdle?: () => () => number;
}

/** A thread may take so long to start on a busy machine, ms; only then the clock of its page runs. */
const START = 60_000;
/** How often the clock looks, ms. */
const STEP = 50;
/** Heap of one parser thread, MB; a page over it ends the thread, not the process. */
const HEAP = 512;
/** Of it for what is young, MB, whatever the process was started with: two thirds of what V8 takes by itself. */
const YOUNG = 32;

// Threads run compiled code; tests that run from source use the build beside them.
const THREAD = import.meta.url.endsWith(".ts")
  ? new URL("../../dist/articles/reading/parse-thread.js", import.meta.url)
  : new URL("./parse-thread.js", import.meta.url);

/**
 * A pool of parser threads: one, and another (`threads` at most) each time that pages have waited for
 * 4 s without a pause while half a core was idle. A thread compiles all code anew, which costs as much
 * CPU as a thousand pages, and one reads far more pages than the rest of a worker can deal with; on
 * cores that are all at work another one would read none sooner.
 *
 * A task that takes over 5 s has its thread ended and rejects with `RetryLater("parse")`; one that
 * fails, or takes more memory than a thread may have, with `GiveUp("parse")`.
 */
export function createParser(
  threads: number,
  topics: readonly TopicRule[],
  options: ParserOptions = {},
): Parser {
  const { thread = THREAD, deadline = LIMITS.parseDeadline, heap = HEAP } = options;
  const pool = new Piscina({
    filename: thread.href,
    minThreads: 1,
    maxThreads: threads,
    idleTimeout: 60_000,
    workerData: { topics } satisfies ThreadData,
    resourceLimits: { maxOldGenerationSizeMb: heap, maxYoungGenerationSizeMb: YOUNG },
  });
  // Waiting happens here and not in the pool, so that the clock runs for the page alone.
  const limit = atOnce(threads, options.patience, options.countIdle);
  const run = async (
    task: ExtractTask | DiscoverTask | SurveyTask | PointTask | MarkTask,
  ): Promise<unknown> => {
    const begun = new Int32Array(new SharedArrayBuffer(4));
    const clock = pageClock(begun, deadline, limit.look);
    // A copy of the bytes goes over, since the stored body may share their memory.
    const body = new Uint8Array(task.body);
    try {
      const how = { signal: clock.signal, transferList: [body.buffer] };
      return await pool.run({ ...task, body, begun }, how);
    } catch (error) {
      const what = `parsing ${task.url}`;
      if (!clock.signal.aborted)
        throw new GiveUp("parse", `${what}: ${String(error)}`, { cause: error });
      // It may be this machine that was slow, or stood still.
      const late = `${what} took over ${deadline} ms`;
      throw new RetryLater("parse", late, { cause: error });
    } finally {
      clock.stop();
    }
  };
  return {
    extract: async (task) => (await limit(() => run(task))) as Extracted,
    discover: async (task) => (await limit(() => run(task))) as Discovered,
    survey: async (task) => (await limit(() => run(task))) as SurveyedPage,
    point: async (task) => (await limit(() => run(task))) as Pointed,
    mark: async (task) => (await limit(() => run(task))) as string,
    close: () => pool.close({ force: true }),
  };
}

/** Fires when a page has taken its time, counted from where its thread begins with it; `tick` is called as it looks. */
function pageClock(begun: Int32Array, deadline: number, tick: () => void) {
  const controller = new AbortController();
  let left = deadline;
  let toStart = START;
  const timer = setInterval(() => {
    if (begun[0] === 1) left -= STEP;
    else toStart -= STEP;
    if (Math.min(left, toStart) <= 0) controller.abort();
    tick();
  }, STEP);
  return { signal: controller.signal, stop: () => clearInterval(timer) };
}
