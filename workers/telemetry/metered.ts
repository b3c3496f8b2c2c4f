import type { Received } from "../../fetch/received.ts";
import { isSkipped, type Skipped } from "../../model/skipped.ts";
import type { Commit, CommitEntry, Settled } from "../articles/commit.ts";
import type { TurnDeps } from "../deps.ts";
import type { BrowserSessions } from "../reach/browser-sessions.ts";
import type { Meter } from "./meter.ts";

/** What host turns work with, each call of a stage counted and timed. */
export function metered(deps: TurnDeps, meter: Meter): TurnDeps {
  const { http, browser, parser, commit } = deps;
  return {
    ...deps,
    http: {
      ...http,
      get: (request) => answered(meter, "http", "fetch", () => http.get(request)),
    },
    browser: browser && meteredBrowser(browser, meter),
    parser: {
      ...parser,
      extract: (task) => meter.stage("extract", () => parser.extract(task)),
      discover: (task) => meter.stage("discover", () => parser.discover(task)),
    },
    commit: meteredCommit(commit, meter),
  };
}

function meteredBrowser(browser: BrowserSessions, meter: Meter): BrowserSessions {
  return {
    ...browser,
    render: (turn, request) =>
      answered(meter, "browser", "render", () => browser.render(turn, request)),
  };
}

async function answered(
  meter: Meter,
  lane: "http" | "browser",
  stage: "fetch" | "render",
  ask: () => Promise<Received | Skipped>,
): Promise<Received | Skipped> {
  const answer = await meter.stage(stage, ask);
  meter.response(
    lane,
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
