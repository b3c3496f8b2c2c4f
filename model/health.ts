import { isPaused, type SourceRecord } from "./source.ts";

/**
 * How a source stands. `degraded`: it works in part, or brings less or more than usual; `failing`: three
 * runs in a row brought nothing because of problems; `quarantined`: eight, so it is asked once a day.
 */
export type HealthState = "ok" | "degraded" | "failing" | "quarantined" | "paused";

/** A source's state, since when it is known to be well, why it isn't, and what to do. */
export interface Health {
  state: HealthState;
  /** Class of what is wrong; null when nothing is. */
  cause: string | null;
  /** What is wrong in plain words, and what to do; null when nothing is. */
  words: string | null;
  todo: string | null;
}

const FAILING = 3;
const QUARANTINED = 8;
const DAY = 86_400_000;
const HOUR = 3_600_000;
/** Gaps between articles, and the time watched (a week has a weekend), before silence means anything. */
const GAPS_SEEN = 5;
const WATCHED = 8 * DAY;
/** A source that brings something every minute isn't silent after five, ms. */
const SHORTEST_SILENCE = 6 * HOUR;

const LOOK = "newsgather discover of its home page finds what it offers now";
const WAIT = "nothing yet: it is asked again by itself, ever more seldom";

/** What each class of trouble means, and what to do about it. */
const CAUSES: Record<string, [words: string, todo: string]> = {
  dns: ["its name leads nowhere", `check the address; ${LOOK}`],
  connect: ["its server refuses connections", WAIT],
  reset: ["its server breaks connections off", WAIT],
  timeout: ["its server does not answer in time", WAIT],
  tls: ["its certificate isn't valid", "tell the publisher; http is no way around"],
  "server-error": ["its server answers with errors", WAIT],
  "too-many-requests": ["it asks us to come more seldom", "a longer schedule or pace.delay"],
  "bad-response": [
    "its server answers with something else",
    `newsgather fetch of the address; ${LOOK}`,
  ],
  "redirect-loop": ["its address leads in circles", LOOK],
  parse: ["what comes is no feed, sitemap or list any more", LOOK],
  gone: ["the entry point is gone: it has probably moved", LOOK],
  "off-site": ["the entry point has moved to another site", LOOK],
  blocked: [
    "the site refuses us or shows a challenge",
    "ask the publisher; do not try to get around it",
  ],
  consent: ["a consent page comes instead", "ask the publisher for a feed"],
  robots: ["robots.txt forbids the entry point", "use another one, or ask the publisher"],
  "robots-unreachable": ["robots.txt can't be read, so the site is left alone", WAIT],
  "unsupported-type": ["the entry point is of a kind that can't be read", LOOK],
  "not-article": [
    "most new pages hold no article: the site may have been redesigned",
    "newsgather try of one, then name selectors under select",
  ],
};

/** How a source stands at `now`, from what the store keeps of it. */
export function healthOf(source: SourceRecord, now: Date): Health {
  if (isPaused(source, now) || !source.active) {
    const why = source.held?.reason ?? source.paused?.reason ?? "its file is gone";
    const ends = (source.held ?? source.paused)?.until;
    const until = ends ? `, until ${ends.toISOString()}` : "";
    return {
      state: "paused",
      cause: "paused",
      words: `${why}${until}`,
      todo: source.held ? "newsgather sources resume" : null,
    };
  }
  const { failures, lastProblem } = source;
  if (lastProblem !== null) {
    const state =
      failures >= QUARANTINED ? "quarantined" : failures >= FAILING ? "failing" : "degraded";
    const cause = /\d+ × ([a-z-]+)/.exec(lastProblem)?.[1] ?? "unknown";
    const [words, todo] = CAUSES[cause] ?? [lastProblem, "newsgather sources preview tells more"];
    return { state, cause, words, todo };
  }
  return (
    silenceOf(source, now) ??
    floodOf(source) ?? { state: "ok", cause: null, words: null, todo: null }
  );
}

/** Silent for twice as long as its longest gap between articles: nothing fails, and nothing comes. */
function silenceOf({ gaps, lastNewArticleAt }: SourceRecord, now: Date): Health | null {
  if (!gaps || !lastNewArticleAt || gaps.seen < GAPS_SEEN) return null;
  if (lastNewArticleAt.getTime() - gaps.since.getTime() < WATCHED) return null;
  const silent = now.getTime() - lastNewArticleAt.getTime();
  if (silent <= Math.max(SHORTEST_SILENCE, 2 * gaps.longest)) return null;
  const words = `strangely quiet: nothing new for ${span(silent)}, its longest gap was ${span(gaps.longest)}`;
  return { state: "degraded", cause: "silent", words, todo: `look at the site; ${LOOK}` };
}

function floodOf({ flood }: SourceRecord): Health | null {
  if (!flood) return null;
  const words = `${flood.items} new articles at once where ${Math.round(flood.expected)} were to be expected`;
  return {
    state: "degraded",
    cause: "flood",
    words,
    todo: "look at what came: an archive may have been republished",
  };
}

/** What a run with new articles teaches of the gaps between them; the longest one fades slowly. */
export function gapsAfter(
  { gaps, lastNewArticleAt }: Pick<SourceRecord, "gaps" | "lastNewArticleAt">,
  now: Date,
): NonNullable<SourceRecord["gaps"]> {
  if (!gaps || !lastNewArticleAt) return { longest: 0, seen: 0, since: now };
  const gap = now.getTime() - lastNewArticleAt.getTime();
  return { longest: Math.max(gap, gaps.longest * 0.99), seen: gaps.seen + 1, since: gaps.since };
}

/** Fewer new articles at once are no flood, and so many times the expected ones are. */
const FLOOD_ITEMS = 20;
const FLOOD_TIMES = 6;

/** Whether a run brought far more than the arrival model expects; null when not, or when it knows too little. */
export function floodIn(
  { arrivals, lastSuccessAt }: Pick<SourceRecord, "arrivals" | "lastSuccessAt">,
  items: number,
  now: Date,
): NonNullable<SourceRecord["flood"]> | null {
  if (!arrivals || !lastSuccessAt || arrivals.hours < 24 || items < FLOOD_ITEMS) return null;
  const hours = (now.getTime() - lastSuccessAt.getTime()) / HOUR;
  const expected = (arrivals.items / arrivals.hours) * hours;
  return items > FLOOD_TIMES * (expected + 1) ? { items, expected, at: now } : null;
}

function span(ms: number): string {
  return ms >= 2 * DAY ? `${Math.round(ms / DAY)} days` : `${Math.round(ms / HOUR)} hours`;
}
