import { cpus } from "node:os";
import pLimit from "p-limit";
import { Piscina } from "piscina";
import { LIMITS } from "../../config/limits.ts";
import type { SitePage } from "../../crawler/links/site/site-page.ts";
import type { Highlighted } from "../../extractors/dom/highlight.ts";
import type { Pointed } from "../../extractors/selectors/propose.ts";
import type { TopicRule } from "../../model/articles/classification.ts";
import { GiveUp, RetryLater } from "../../model/crawl/failure.ts";
import { Source } from "../../model/sources/source.ts";
import { recordOf } from "../../store/sources/sources.ts";
import {
  type AnnounceTask,
  type Discovered,
  type DiscoverTask,
  type Extracted,
  type ExtractTask,
  type HighlightTask,
  type NumberElementsTask,
  type ParseTask,
  type PointTask,
  type SitePageTask,
  sourceView,
} from "./parse-tasks.ts";

/** Parsing off the event loop: a page that hangs or bursts costs only its thread. */
export interface Parser {
  extract(task: ExtractTask): Promise<Extracted>;
  /** Returns one for each item, in order. */
  announce(task: AnnounceTask): Promise<Extracted[]>;
  discover(task: DiscoverTask): Promise<Discovered>;
  sitePage(task: SitePageTask): Promise<SitePage>;
  point(task: PointTask): Promise<Pointed>;
  /** Returns the page with the place of each element. */
  numberElements(task: NumberElementsTask): Promise<string>;
  highlight(task: HighlightTask): Promise<Highlighted>;
  close(): Promise<void>;
}

/** What every parser thread is started with. */
export interface ThreadData {
  topics: readonly TopicRule[];
}

/** What tests give instead of a worker's own. */
export interface ParserOptions {
  thread?: URL;
  deadline?: number;
  heap?: number;
  patience?: number;
  countIdle?: () => () => number;
}

/** How long a thread may take to start on a busy machine, ms. The page's own clock starts after that. */
const START = 60_000;
/** How often the clock looks, ms. */
const STEP = 50;
/** Heap of one parser thread, MB; a page over it ends the thread, not the process. */
const HEAP = 512;
/** Size of the young generation in it, MB: two thirds of V8's own. */
const YOUNG = 32;

// Threads run compiled code; tests that run from source use the build beside them.
const THREAD = import.meta.url.endsWith(".ts")
  ? new URL("../../dist/articles/reading/parse-thread.js", import.meta.url)
  : new URL("./parse-thread.js", import.meta.url);

/**
 * A pool of parser threads: one, and another (`threads` at most) each time that pages have waited for
 * 4 s without a pause while half a core was idle. A thread compiles all code again, which costs as much
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
  const run = async (task: ParseTask): Promise<unknown> => {
    const begun = new Int32Array(new SharedArrayBuffer(4));
    const clock = pageClock(begun, deadline, limit.inspect);
    // A copy of the bytes goes over, since the stored body may share their memory.
    const body = "body" in task ? new Uint8Array(task.body) : new Uint8Array();
    try {
      const how = { signal: clock.signal, transferList: [body.buffer] };
      return await pool.run({ ...task, body, begun }, how);
    } catch (error) {
      const what = `parsing ${"url" in task ? task.url : "what was announced"}`;
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
    announce: async (task) => (await limit(() => run(task))) as Extracted[],
    discover: async (task) => (await limit(() => run(task))) as Discovered,
    sitePage: async (task) => (await limit(() => run(task))) as SitePage,
    point: async (task) => (await limit(() => run(task))) as Pointed,
    numberElements: async (task) => (await limit(() => run(task))) as string,
    highlight: async (task) => (await limit(() => run(task))) as Highlighted,
    close: () => pool.close({ force: true }),
  };
}

/** Fires when a page has used up its time, counted from when its thread begins with it; `tick` is called at each check. */
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

/**
 * Somebody has waited so long, without a pause, before one more may run, ms: twice as long as it
 * takes one thread to get used to a crawl that begins.
 */
const PATIENCE = 4000;
/** One more would have this much of a core for itself; with less it only takes turns with those that run. */
const SPARE = 0.5;

/** Runs one thing at a time while that is enough, and more at once while others wait. */
interface AtOnce {
  <T>(work: () => Promise<T>): Promise<T>;
  /** Looks whether others wait too long; to be asked now and then while something runs. */
  inspect(): void;
}

/**
 * Lets `most` things run at once, but another one only once somebody has waited for `patience` ms
 * without a pause, with half a core idle in the second half of them, and one alone again after all
 * had an end. Tests give another count of idle cores.
 */
export function atOnce(most: number, patience = PATIENCE, countIdle = idleCores): AtOnce {
  const limit = pLimit(1);
  let waitingSince = performance.now();
  let idle: (() => number) | undefined;
  const startOver = () => {
    waitingSince = performance.now();
    idle = undefined;
  };
  const inspect = () => {
    const waited = performance.now() - waitingSince;
    if (limit.pendingCount === 0) startOver();
    else if (limit.concurrency >= most || waited < patience / 2) return;
    else if (!idle) {
      startOver();
      idle = countIdle();
    } else {
      if (idle() >= SPARE) limit.concurrency += 1;
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
 * Begins to count; what it answers tells how many cores of this machine did nothing since then, on average (of two,
 * 0 to 2). A container that may use less than its machine has sees its machine's: there it is an upper bound.
 */
export function idleCores(): () => number {
  const since = performance.now();
  const before = idleTime();
  return () => (idleTime() - before) / (performance.now() - since);
}

/** What all cores together did nothing, ms since the machine started. */
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

/**
 * Has a parser thread read an article, so that it has loaded all that it needs before the first page of a host comes,
 * and an installation that lacks something is told of at the start of a process and not by each page. Throws an
 * `Error` where the article can't be read; a thread that is merely slow is left to its own.
 */
export async function tryParser(parser: Parser): Promise<void> {
  const source = sourceView(
    recordOf(Source.parse({ id: "example", name: "Example", feeds: [ADDRESS] })),
  );
  const page = { body: Buffer.from(PAGE), contentType: "text/html", url: ADDRESS, source };
  try {
    const { article } = await parser.extract({
      task: "extract",
      hints: {},
      now: new Date(),
      ...page,
    });
    if (!article) throw new GiveUp("parse", "the parser finds no article in a page that holds one");
  } catch (error) {
    if (!(error instanceof GiveUp)) return;
    const what = `${error.message}: the installation is not whole, install it anew`;
    throw new Error(what, { cause: error });
  }
}
