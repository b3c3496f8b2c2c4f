import { cpus } from "node:os";
import pLimit from "p-limit";
import { Piscina } from "piscina";
import { LIMITS } from "../../config/limits.ts";
import type { TopicRule } from "../../model/articles/classification.ts";
import { GiveUp, RetryLater } from "../../model/crawl/outcome.ts";
import { Source } from "../../model/sources/source.ts";
import { recordOf } from "../../store/sources/sources.ts";
import { type ParseTask, type ParseTasks, sourceView, type TaskName } from "./parse-tasks.ts";

/** Parses pages in threads. A page that hangs or needs too much memory ends only its thread. */
export type Parser = {
  [Name in TaskName]: (task: ParseTask<Name>) => Promise<ReturnType<ParseTasks[Name]>>;
} & { close(): Promise<void> };

export interface ThreadData {
  topics: readonly TopicRule[];
}

/** Options for tests. */
export interface ParserOptions {
  thread?: URL;
  deadline?: number;
  heap?: number;
  patience?: number;
  countIdle?: () => () => number;
}

const TASK_START_TIMEOUT_MS = 60_000;
const DEADLINE_CHECK_INTERVAL_MS = 50;
/** A page that exceeds this limit ends its thread, not the process. */
const MAX_OLD_GENERATION_MB = 512;
const MAX_YOUNG_GENERATION_MB = 32;

// Threads run compiled code. Tests that run from source use the build next to it.
const THREAD = import.meta.url.endsWith(".ts")
  ? new URL("../../dist/articles/reading/parse-thread.js", import.meta.url)
  : new URL("./parse-thread.js", import.meta.url);

/**
 * Returns a pool of up to `threads` parser threads. A task that takes 5 s or waits a minute rejects
 * with `RetryLater("parse")`. A task that fails rejects with `GiveUp("parse")`.
 */
export function createParser(
  threads: number,
  topics: readonly TopicRule[],
  options: ParserOptions = {},
): Parser {
  const {
    thread = THREAD,
    deadline = LIMITS.parseDeadline,
    heap = MAX_OLD_GENERATION_MB,
  } = options;
  const pool = new Piscina({
    filename: thread.href,
    // Starting a thread costs as much CPU as parsing a thousand pages.
    minThreads: 1,
    maxThreads: threads,
    idleTimeout: 60_000,
    workerData: { topics } satisfies ThreadData,
    resourceLimits: {
      maxOldGenerationSizeMb: heap,
      maxYoungGenerationSizeMb: MAX_YOUNG_GENERATION_MB,
    },
  });
  // Tasks wait here rather than in the pool, so that the time limit only covers the page itself.
  const limit = atOnce(threads, options.patience, options.countIdle);
  const parse = async (name: TaskName, task: ParseTask) => {
    const begun = new Int32Array(new SharedArrayBuffer(4));
    const clock = pageClock(begun, deadline, limit.inspect);
    // Transfer a copy of the bytes, because the stored body can share their memory.
    const body = "body" in task ? new Uint8Array(task.body) : new Uint8Array();
    try {
      const how = { signal: clock.signal, transferList: [body.buffer] };
      return await pool.run({ ...task, body, begun, task: name }, how);
    } catch (error) {
      const what = `parsing ${"url" in task ? task.url : "announced items"}`;
      if (!clock.signal.aborted)
        throw new GiveUp("parse", `${what}: ${String(error)}`, { cause: error });
      // The machine itself can have been slow or suspended, so try again later.
      const late =
        begun[0] === 1
          ? `${what} took over ${deadline} ms`
          : `${what}: no parser thread was free within ${TASK_START_TIMEOUT_MS} ms`;
      throw new RetryLater("parse", late, { cause: error });
    } finally {
      clock.stop();
    }
  };
  const runner = <Name extends TaskName>(name: Name) =>
    ((task: ParseTask) => limit(() => parse(name, task))) as Parser[Name];
  return {
    extract: runner("extract"),
    announce: runner("announce"),
    discover: runner("discover"),
    sitePage: runner("sitePage"),
    point: runner("point"),
    numberElements: runner("numberElements"),
    highlight: runner("highlight"),
    async close() {
      // When a terminated thread exits, even a closed pool starts threads up to its minimum
      // (piscina 5.3.2).
      pool.options.minThreads = 0;
      await pool.close({ force: true });
    },
  };
}

function pageClock(begun: Int32Array, deadline: number, tick: () => void) {
  const controller = new AbortController();
  let left = deadline;
  let toStart = TASK_START_TIMEOUT_MS;
  const timer = setInterval(() => {
    if (begun[0] === 1) left -= DEADLINE_CHECK_INTERVAL_MS;
    else toStart -= DEADLINE_CHECK_INTERVAL_MS;
    if (Math.min(left, toStart) <= 0) controller.abort();
    tick();
  }, DEADLINE_CHECK_INTERVAL_MS);
  return { signal: controller.signal, stop: () => clearInterval(timer) };
}

/**
 * A task waits about this long before another thread starts. A thread needs half of it to warm up.
 */
const THREAD_START_DELAY_MS = 4000;
const MIN_IDLE_CORES = 0.5;

/**
 * Returns a limiter that first runs one task at a time, later up to `most`. The limit grows if
 * tasks wait for `patience` ms while half a core is idle.
 */
export function atOnce(most: number, patience = THREAD_START_DELAY_MS, countIdle = idleCores) {
  const limit = pLimit(1);
  let waitingSince = performance.now();
  let idle: (() => number) | undefined;
  const startOver = () => {
    waitingSince = performance.now();
    idle = undefined;
  };
  /** Checks whether another task can start; must be called repeatedly while a task runs. */
  const inspect = () => {
    const waited = performance.now() - waitingSince;
    if (limit.pendingCount === 0) startOver();
    else if (limit.concurrency >= most || waited < patience / 2) return;
    else if (!idle) {
      startOver();
      idle = countIdle();
    } else {
      if (idle() >= MIN_IDLE_CORES) limit.concurrency += 1;
      startOver();
    }
  };
  const run = <T>(work: () => Promise<T>): Promise<T> => {
    if (limit.activeCount === 0) limit.concurrency = 1;
    inspect();
    return limit(work);
  };
  return Object.assign(run, { inspect });
}

/**
 * Returns a function that gives the average number of idle cores since this call. In a container
 * with a CPU limit, the number can be too high.
 */
export function idleCores(): () => number {
  const since = performance.now();
  const before = idleTime();
  return () => (idleTime() - before) / (performance.now() - since);
}

function idleTime(): number {
  return cpus().reduce((sum, { times }) => sum + times.idle, 0);
}

const ADDRESS = "https://example.org/news/register";
const SENTENCES = [
  "The council of Tallinn wants citizens to see every permit in one register, from the first plan to the last inspection.",
  "Its services answer within a minute since the registers of all districts were joined in spring.",
  "Building permits are next, said the head of the city's digital services, and parking follows in autumn.",
];
const PAGE = `<!doctype html><html lang="en"><head><title>One register for all permits</title></head><body><article>
<h1>One register for all permits</h1><time datetime="2026-01-01">1 January 2026</time>
${SENTENCES.map((sentence) => `<p>${sentence} ${sentence.toLowerCase()}</p>`).join("\n")}
</article></body></html>`;

/** Extracts a test article to load the modules early. Throws if the installation is broken. */
export async function tryParser(parser: Parser): Promise<void> {
  const source = sourceView(
    recordOf(Source.parse({ id: "example", name: "Example", feeds: [ADDRESS] })),
  );
  const page = { body: Buffer.from(PAGE), contentType: "text/html", url: ADDRESS, source };
  try {
    const { article } = await parser.extract({ hints: {}, now: new Date(), ...page });
    if (!article) throw new GiveUp("parse", "the parser found no article in its test page");
  } catch (error) {
    if (!(error instanceof GiveUp)) return;
    const what = `${error.message}: the installation is incomplete; install Newsgather again`;
    throw new Error(what, { cause: error });
  }
}
