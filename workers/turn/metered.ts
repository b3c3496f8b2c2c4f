import type { Commit, CommitEntry, Settled } from "../../articles/ingest/commit.ts";
import type { HttpRequest } from "../../crawler/http/http.ts";
import type { Received } from "../../crawler/http/received.ts";
import { isSkipped, type Skipped } from "../../model/crawl/skipped.ts";
import type { TurnDeps } from "../deps.ts";
import type { Meter } from "../telemetry/meter.ts";
import type { BrowserSessions } from "./browser-sessions.ts";

/** Few hosts have these files: that they are missing says nothing of how pages come. */
const HOST_FILE = /^https?:\/\/[^/]+\/(?:robots\.txt|\.well-known\/tdmrep\.json)$/;

/** What host turns work with, each call of a stage counted and timed. */
export function metered(deps: TurnDeps, meter: Meter): TurnDeps {
  const { http, browser, parser, commit } = deps;
  return {
    ...deps,
    http: {
      ...http,
      get: (request) => answered(meter, request, { lane: "http", stage: "fetch", ask: http.get }),
    },
    browser: browser && meteredBrowser(browser, meter),
    parser: {
      ...parser,
      async extract(task) {
        const read = await meter.stage("extract", () => parser.extract(task));
        if (read.classifySeconds !== undefined) meter.took("classify", read.classifySeconds);
        return read;
      },
      discover: (task) => meter.stage("discover", () => parser.discover(task)),
    },
    commit: meteredCommit(commit, meter),
  };
}

function meteredBrowser(browser: BrowserSessions, meter: Meter): BrowserSessions {
  return {
    ...browser,
    render(turn, request) {
      const ask = (timed: typeof request) => browser.render(turn, timed);
      return answered(meter, request, { lane: "browser", stage: "render", ask });
    },
  };
}

/** Asks, timed from when the host's pace lets the request go out. */
async function answered<Request extends Pick<HttpRequest, "url" | "start">>(
  meter: Meter,
  request: Request,
  way: {
    lane: "http" | "browser";
    stage: "fetch" | "render";
    ask(request: Request): Promise<Received | Skipped>;
  },
): Promise<Received | Skipped> {
  const { lane, stage, ask } = way;
  const { start } = request;
  const answer = await meter.stage(stage, (restart) => {
    if (!start) return ask(request);
    const started = async () => {
      const told = await start();
      restart();
      return told;
    };
    return ask({ ...request, start: started });
  });
  meter.response(
    { lane, of: HOST_FILE.test(request.url) ? "host-file" : "page" },
    isSkipped(answer) ? null : { status: answer.status, bytes: answer.wire.byteLength },
  );
  return answer;
}

function meteredCommit(commit: Commit, meter: Meter): Commit {
  return {
    ...commit,
    async add(entry) {
      const settled = await meter.stage("commit", () => commit.add(entry));
      meter.page(settled.outcome ?? settled.reason ?? "seen");
      const delay = sightOf(entry, settled);
      if (delay !== null) meter.seen(delay);
      return settled;
    },
  };
}

/** Seconds from publication to now, for a new article that tells the time of day. */
function sightOf({ capture, reading }: CommitEntry, { outcome }: Settled): number | null {
  if (outcome !== "new" || !reading) return null;
  const { publishedAt, publishedPrecision } = reading.extracted.extraction.fields;
  if (!publishedAt || publishedPrecision === "day") return null;
  const seconds = (capture.fetchedAt.getTime() - publishedAt.getTime()) / 1000;
  return seconds >= 0 ? seconds : null;
}
