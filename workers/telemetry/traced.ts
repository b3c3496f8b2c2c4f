import type { Logger } from "../../config/logger.ts";
import type { Link } from "../../model/link.ts";
import { traceIdOf } from "../../model/trace.ts";
import type { TurnDeps } from "../deps.ts";
import type { Trace } from "./tracer.ts";

/** A log whose lines say which run they belong to. */
export function logOfRun(log: Logger, run: { runId: string; sourceId: string }): Logger {
  const { runId, sourceId } = run;
  return log.child({ sourceId, runId, traceId: traceIdOf(runId) });
}

/** What a turn works with while it looks at a link: log lines and spans say of which run. */
export function ofLink(deps: TurnDeps, link: Link): TurnDeps {
  const log = logOfRun(deps.log, link).child({ linkId: link._id });
  return { ...deps, log };
}

/** Looks at a link as a span of its run's trace, that ends once the page is stored; each stage is a span within it. */
export function asSpan<T extends { kept: Promise<void> }>(
  deps: TurnDeps,
  { runId, kind, lane, url }: Link,
  look: (deps: TurnDeps) => Promise<T>,
): Promise<T> {
  const trace = deps.trace(traceIdOf(runId));
  return new Promise((resolve, reject) => {
    const span = trace.span(`look at ${kind}`, { lane, url }, async (inner) => {
      const looked = await look(stagesIn(deps, inner));
      resolve(looked);
      await looked.kept;
    });
    // Where storing fails whoever looks is told by `kept`.
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
