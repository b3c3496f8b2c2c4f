import type { Logger } from "../../config/logger.ts";
import type { Trace, Tracer } from "../../config/telemetry.ts";
import type { Link } from "../../model/crawl/link.ts";
import { traceIdOf } from "../../model/crawl/outcome.ts";
import type { TurnDeps } from "../deps.ts";

const SILENT: Trace = { span: (_name, _attributes, work) => work(SILENT), note() {} };

export const silentTracer: Tracer = () => SILENT;

/** Returns a log that adds ids of source, run and trace, and the fields of `more`, to each line. */
export function logOfRun(
  log: Logger,
  { runId, sourceId }: { runId: string; sourceId: string },
  more: { linkId?: string } = {},
): Logger {
  return boundLater(log, () => log.child({ sourceId, runId, traceId: traceIdOf(runId), ...more }));
}

export function withLogOfLink(deps: TurnDeps, link: Link): TurnDeps {
  return { ...deps, log: logOfRun(deps.log, link, { linkId: link._id }) };
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

/** Runs `fetchOne` in a span of the run's trace. The span ends once the page is stored. */
export function asSpan<T extends { stored: Promise<void> }>(
  deps: TurnDeps,
  { runId, kind, lane, url }: Link,
  fetchOne: (deps: TurnDeps) => Promise<T>,
): Promise<T> {
  const trace = deps.trace(traceIdOf(runId));
  return new Promise((resolve, reject) => {
    const span = trace.span(`look at ${kind}`, { lane, url }, async (inner) => {
      const result = await fetchOne(stagesIn(deps, inner));
      resolve(result);
      await result.stored;
    });
    // The caller sees the failure through `stored`.
    span.catch(reject);
  });
}

function stagesIn(deps: TurnDeps, trace: Trace): TurnDeps {
  const { http, browser, parser, commit } = deps;
  const span = <T>(name: string, work: () => Promise<T>) => trace.span(name, {}, work);
  return {
    ...deps,
    http: { ...http, get: (request) => span("fetch", () => http.get(request)) },
    browser: browser && {
      ...browser,
      render: (turn, request) => span("render", () => browser.render(turn, request)),
    },
    parser: {
      ...parser,
      extract: (task) => span("extract", () => parser.extract(task)),
      discover: (task) => span("discover", () => parser.discover(task)),
    },
    commit: { ...commit, add: (entry) => span("commit", () => commit.add(entry)) },
  };
}
