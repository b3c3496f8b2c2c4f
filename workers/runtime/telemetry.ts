import { DelayedError } from "bullmq";
import { Counter, Histogram, type Registry } from "prom-client";
import type { CommitEntry, CommitResult } from "../../articles/ingest/commit.ts";
import type { Logger } from "../../config/logger.ts";
import type { Stage, TimeStage, Trace, Tracer } from "../../config/telemetry.ts";
import type { HttpRequest } from "../../crawler/http/http.ts";
import type { Received } from "../../crawler/http/response.ts";
import type { Lane, Link } from "../../model/crawl/link.ts";
import { isSkipped, type Skipped, traceIdOf } from "../../model/crawl/outcome.ts";
import type { QueueName } from "../../queues/queues.ts";
import type { Handler, Storing, TurnDeps } from "../deps.ts";

/** Counts and times a process's work. Labels have few values, so they name no hosts or sources. */
export interface Meter {
  /** Returns a handler that runs `handler`, and counts and times its jobs. */
  job(queue: QueueName, handler: Handler): Handler;
  stage: TimeStage;
  /** Records that a stage succeeded in this number of seconds, which were measured elsewhere. */
  took(stage: Stage, seconds: number): void;
  /** Records a response to a request; `answer` is null if the request was never sent. */
  response(
    request: { lane: Lane; of: "page" | "host-file" },
    answer: { status: number; bytes: number } | null,
  ): void;
  /** Records the outcome of a stored page, or the reason why it was skipped. */
  page(outcome: string): void;
  /** Records how many seconds after an article's publication its page was captured. */
  seen(seconds: number): void;
  /** Records how many seconds after an article's change the change was in the stream. */
  served(seconds: number): void;
}

const DURATION_BUCKETS_S = [0.001, 0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];
const MINUTE_S = 60;
const HOUR_S = 3600;
const DAY_S = 24 * HOUR_S;

export function createMeter(registry: Registry): Meter {
  const registers = [registry];
  const jobs = new Histogram({
    name: "newsgather_job_seconds",
    help: "Duration of jobs by queue and outcome; consecutive turns of a host count as one job (in the browser, for up to a minute)",
    labelNames: ["queue", "outcome"],
    buckets: [...DURATION_BUCKETS_S, 120],
    registers,
  });
  const stages = new Histogram({
    name: "newsgather_stage_seconds",
    help: "Duration of each stage by outcome; dedupe, store and publish count batches, the other stages count pages",
    labelNames: ["stage", "outcome"],
    buckets: DURATION_BUCKETS_S,
    registers,
  });
  const responses = new Counter({
    name: "newsgather_responses_total",
    help: "Responses by lane (http or browser), kind (page or host-file: robots.txt, tdmrep.json) and class of status; status `refused`: the request was never sent",
    labelNames: ["lane", "of", "status"],
    registers,
  });
  const bytes = new Counter({
    name: "newsgather_response_bytes_total",
    help: "Bytes of responses received over the network, by lane (http or browser)",
    labelNames: ["lane"],
    registers,
  });
  const pages = new Counter({
    name: "newsgather_pages_total",
    help: "Stored pages by result: an outcome, or the reason why there is no article",
    labelNames: ["outcome"],
    registers,
  });
  const seen = new Histogram({
    name: "newsgather_published_to_seen_seconds",
    help: "Time from an article's publication to its first capture",
    buckets: [
      MINUTE_S,
      5 * MINUTE_S,
      15 * MINUTE_S,
      HOUR_S,
      3 * HOUR_S,
      12 * HOUR_S,
      DAY_S,
      2 * DAY_S,
      7 * DAY_S,
      30 * DAY_S,
    ],
    registers,
  });
  const served = new Histogram({
    name: "newsgather_seen_to_served_seconds",
    help: "Time between the change of an article and its entry in the change stream",
    buckets: [0.1, 0.25, 0.5, 1, 2, 5, 15, MINUTE_S, 5 * MINUTE_S],
    registers,
  });
  const timed = async <T>(
    histogram: Histogram,
    labels: Record<string, string>,
    work: (restart: () => void) => Promise<T>,
  ): Promise<T> => {
    let began = performance.now();
    const end = (outcome: "ok" | "failed") =>
      histogram.observe({ ...labels, outcome }, (performance.now() - began) / 1000);
    try {
      const answer = await work(() => {
        began = performance.now();
      });
      end("ok");
      return answer;
    } catch (error) {
      // A turn throws this error to move its job to the host's next turn.
      end(error instanceof DelayedError ? "ok" : "failed");
      throw error;
    }
  };
  return {
    job:
      (queue, handler) =>
      (...run) =>
        timed(jobs, { queue }, () => handler(...run)),
    stage: (stage, work) => timed(stages, { stage }, work),
    took: (stage, seconds) => stages.observe({ stage, outcome: "ok" }, seconds),
    response({ lane, of }, answer) {
      const status = answer ? `${Math.floor(answer.status / 100)}xx` : "refused";
      responses.inc({ lane, of, status });
      if (answer) bytes.inc({ lane }, answer.bytes);
    },
    page: (outcome) => pages.inc({ outcome }),
    seen: (seconds) => seen.observe(seconds),
    served: (seconds) => served.observe(seconds),
  };
}

const HOST_FILE = /^https?:\/\/[^/]+\/(?:robots\.txt|\.well-known\/tdmrep\.json)$/;

/** Returns dependencies whose work `meter` counts and times. */
export function metered(deps: TurnDeps, meter: Meter): TurnDeps {
  const { http, browser, parser, commit } = deps;
  const count = async (lane: Lane, url: string, answering: Promise<Received | Skipped>) => {
    const answer = await answering;
    const of = HOST_FILE.test(url) ? "host-file" : "page";
    const bytes = isSkipped(answer) ? 0 : answer.wire.byteLength;
    meter.response({ lane, of }, isSkipped(answer) ? null : { status: answer.status, bytes });
    return answer;
  };
  const counted: TurnDeps = {
    ...deps,
    http: { ...http, get: (request) => count("http", request.url, http.get(request)) },
    browser: browser && {
      ...browser,
      render: (turn, request) => count("browser", request.url, browser.render(turn, request)),
    },
    parser: {
      ...parser,
      async extract(task) {
        const read = await parser.extract(task);
        if (read.classifySeconds !== undefined) meter.took("classify", read.classifySeconds);
        return read;
      },
    },
    commit: {
      ...commit,
      async add(entry) {
        const result = await commit.add(entry);
        meter.page(result.outcome ?? result.reason ?? "seen");
        const delay = secondsToCapture(entry, result);
        if (delay !== null) meter.seen(delay);
        return result;
      },
    },
  };
  return inStages(counted, meter.stage);
}

/** Returns dependencies whose work runs in `stage`, which can leave out the wait for a host's pace. */
function inStages(deps: TurnDeps, stage: TimeStage): TurnDeps {
  const { http, browser, parser, commit } = deps;
  return {
    ...deps,
    http: {
      ...http,
      get: (request) => stage("fetch", (restart) => http.get(startedBy(request, restart))),
    },
    browser: browser && {
      ...browser,
      render: (turn, request) =>
        stage("render", (restart) => browser.render(turn, startedBy(request, restart))),
    },
    parser: {
      ...parser,
      extract: (task) => stage("extract", () => parser.extract(task)),
      discover: (task) => stage("discover", () => parser.discover(task)),
    },
    commit: { ...commit, add: (entry) => stage("commit", () => commit.add(entry)) },
  };
}

function startedBy<T extends Pick<HttpRequest, "start">>(request: T, begin: () => void): T {
  const { start } = request;
  if (!start) return request;
  const startTimed = async () => {
    const started = await start();
    begin();
    return started;
  };
  return { ...request, start: startTimed };
}

function secondsToCapture(
  { capture, reading }: CommitEntry,
  { outcome }: CommitResult,
): number | null {
  if (outcome !== "new" || !reading) return null;
  const { publishedAt, publishedPrecision } = reading.extracted.extraction.fields;
  if (!publishedAt || publishedPrecision === "day") return null;
  const seconds = (capture.fetchedAt.getTime() - publishedAt.getTime()) / 1000;
  return seconds >= 0 ? seconds : null;
}

const SILENT: Trace = { span: (_name, _attributes, work) => work(SILENT), note() {} };

export const silentTracer: Tracer = () => SILENT;

/** Runs `fetchOne` in a span of the run's trace. The span ends once the page is stored. */
export function asSpan<T extends Storing>(
  deps: TurnDeps,
  { runId, kind, lane, url }: Link,
  fetchOne: (deps: TurnDeps) => Promise<T>,
): Promise<T> {
  const trace = deps.trace(traceIdOf(runId));
  return new Promise((resolve, reject) => {
    const span = trace.span(`look at ${kind}`, { lane, url }, async (inner) => {
      const result = await fetchOne(
        inStages(deps, (name, work) => inner.span(name, {}, () => work(() => {}))),
      );
      resolve(result);
      await result.stored;
    });
    // The caller sees the failure through `stored`.
    span.catch(reject);
  });
}

/** Returns a log that adds ids of source, run and trace, and the fields of `more`, to each line. */
export function logOfRun(
  log: Logger,
  { runId, sourceId }: { runId: string; sourceId: string },
  more: { linkId?: string } = {},
): Logger {
  return boundLater(log, () => log.child({ sourceId, runId, traceId: traceIdOf(runId), ...more }));
}

/** Returns a log that calls `bind` only for its first line, because binding is expensive. */
function boundLater(log: Logger, bind: () => Logger): Logger {
  let bound: Logger | undefined;
  const isSilent = (key: string | symbol) =>
    typeof key === "string" && (log.levels.values[key] ?? log.levelVal) < log.levelVal;
  return new Proxy(log, {
    get: (_, key) => {
      const there = isSilent(key) ? log : (bound ??= bind());
      const value: unknown = Reflect.get(there, key);
      return typeof value === "function" ? value.bind(there) : value;
    },
  });
}
