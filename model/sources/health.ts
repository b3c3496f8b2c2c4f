import { percent } from "../../lib/text.ts";
import { DAY_MS, HOUR_MS } from "../../lib/time.ts";
import { type FieldName, MEASURED_FIELDS } from "../articles/fields.ts";
import { type Cause, isCause, isSkipReason, type SkipReason } from "../crawl/outcome.ts";
import { DRIFTS, type Drift } from "./learned.ts";
import { isOffered, pauseOf, type SourceRecord } from "./source.ts";

/** The health states of a source, each with its meaning as shown to operators. */
export const HEALTH_STATES = {
  ok: "its last run had no problem",
  unknown: "none of its runs has finished",
  degraded:
    "its last run had a problem, or its entry points, fields or number of articles have changed",
  failing: "three runs in a row brought nothing because of problems",
  quarantined: "eight runs in a row brought nothing, so it is tried only once a day",
  paused: "its file or an operator paused it, or its file is gone",
} as const;

export type HealthState = keyof typeof HEALTH_STATES;

/** The causes of a source's health besides failed and skipped requests, each with its meaning. */
export const HEALTH_CAUSES = {
  moved: "an entry point redirects permanently to another URL of its site",
  drift: "a field is read differently than before, or pages no longer contain an article",
  silent: "nothing new for longer than usual",
  spike: "far more new articles at once than usual",
  "first-run": "its first run hasn't finished",
  "never-fetched": "it was never fetched",
  paused: "its file or an operator paused it, or its file is gone",
} as const;

export type HealthCause = keyof typeof HEALTH_CAUSES | SkipReason | Cause;

export interface Health {
  state: HealthState;
  cause: HealthCause | null;
  words: string | null;
  todo: string | null;
}

export const SOURCE_HEALTH_FIELDS = [
  "active",
  "paused",
  "pausedByOperator",
  "failures",
  "lastProblem",
  "lastNewArticleAt",
  "lastAttemptAt",
  "lastSuccessAt",
  "moved",
  "drift",
  "silentAt",
  "spike",
] as const;
export type SourceHealthFields = Pick<SourceRecord, "_id" | (typeof SOURCE_HEALTH_FIELDS)[number]>;

const MIN_FAILURES_FOR_FAILING = 3;
const MIN_FAILURES_FOR_QUARANTINE = 8;

const DISCOVER_ADVICE =
  "run newsgather discover with the site's home page to see its current feeds, sitemaps and lists";
const WAIT_ADVICE = "nothing: Newsgather tries again automatically, at growing intervals";

/** In `todo`, `ID` stands for the source's id. */
const ADVICE: Partial<Record<HealthCause, [words: string, todo: string]>> = {
  dns: ["its host name can't be resolved", `check the URL; ${DISCOVER_ADVICE}`],
  connect: ["its server refuses connections", WAIT_ADVICE],
  reset: ["its server closes connections", WAIT_ADVICE],
  timeout: ["its server doesn't answer in time", WAIT_ADVICE],
  tls: ["its certificate isn't valid", "tell the publisher; don't switch to http"],
  "server-error": ["its server answers with errors", WAIT_ADVICE],
  "too-many-requests": [
    "its server asks for fewer requests",
    "set a longer interval or pace.delay in the source's file",
  ],
  "bad-response": [
    "its server's response isn't valid HTTP",
    `run newsgather fetch with the URL; ${DISCOVER_ADVICE}`,
  ],
  "redirect-loop": ["its URL redirects in circles", DISCOVER_ADVICE],
  parse: ["the entry point is no longer a feed, sitemap or list", DISCOVER_ADVICE],
  gone: [
    "the entry point is gone: it has probably moved",
    "run newsgather sources repair ID --find to find its new URL",
  ],
  "off-site": ["the entry point has moved to another site", DISCOVER_ADVICE],
  blocked: [
    "the site refuses the request or shows a challenge",
    "ask the publisher for access; do not try to get around the block",
  ],
  consent: ["the entry point returns a consent page", "ask the publisher for a feed"],
  robots: ["robots.txt forbids the entry point", "use another entry point, or ask the publisher"],
  "robots-unreachable": ["robots.txt can't be read, so nothing is fetched", WAIT_ADVICE],
  "unsupported-type": ["the entry point has a type that can't be read", DISCOVER_ADVICE],
  login: [
    "the site refuses the login, or a secret is missing",
    "run newsgather sources validate to see which secrets are missing; renew the secret, then run newsgather dead-letters replay --cause login",
  ],
  proxy: [
    "its proxy doesn't answer or refuses the connection",
    "run newsgather why URL to see the proxy's answer; once the proxy works, run newsgather dead-letters replay --cause proxy",
  ],
  "not-article": [
    "most new pages contain no article: the site may have been redesigned",
    "run newsgather try URL with an article's URL, then set selectors under select in the source's file",
  ],
};

export function healthOf(source: SourceHealthFields, now: Date): Health {
  const pause = pauseOf(source, now);
  if (pause || !source.active) {
    const why = pause?.reason ?? "its file is gone";
    const until = pause?.until ? `, until ${pause.until.toISOString()}` : "";
    return {
      state: "paused",
      cause: "paused",
      words: `${why}${until}`,
      todo: pause?.actor ? `newsgather sources resume ${source._id} --reason TEXT` : null,
    };
  }
  const { failures, lastProblem } = source;
  if (lastProblem !== null) {
    const state =
      failures >= MIN_FAILURES_FOR_QUARANTINE
        ? "quarantined"
        : failures >= MIN_FAILURES_FOR_FAILING
          ? "failing"
          : "degraded";
    const reason = /\d+ × ([a-z-]+)/.exec(lastProblem)?.[1] ?? "";
    const cause = isSkipReason(reason) || isCause(reason) ? reason : "unknown";
    const [words, todo] = ADVICE[cause] ?? [
      lastProblem,
      "run newsgather sources preview ID to see more",
    ];
    return { state, cause, words, todo: todo.replace(/\bID\b/, source._id) };
  }
  const change = movedOf(source) ?? driftOf(source) ?? silenceOf(source, now) ?? spikeOf(source);
  if (change) return { state: "degraded", ...change };
  return unknownOf(source) ?? { state: "ok", cause: null, words: null, todo: null };
}

type Change = Omit<Health, "state">;

function unknownOf({ _id, lastAttemptAt, lastSuccessAt }: SourceHealthFields): Health | null {
  if (lastSuccessAt) return null;
  if (lastAttemptAt) {
    const words = "its first run hasn't finished";
    return { state: "unknown", cause: "first-run", words, todo: null };
  }
  const todo = `newsgather run ${_id} fetches the source now`;
  return { state: "unknown", cause: "never-fetched", words: "nothing was fetched yet", todo };
}

function movedOf({ moved = [], _id }: SourceHealthFields): Change | null {
  const offered = moved.filter(isOffered);
  if (offered.length === 0) return null;
  const words = offered.map(
    ({ from, to, runs }) => `${from} permanently redirects to ${to} (${runs} runs)`,
  );
  const todo = `newsgather sources repair ${_id} --apply --reason "it has moved"`;
  return { cause: "moved", words: words.join("; "), todo };
}

function driftOf({ drift = [], _id }: SourceHealthFields): Change | null {
  const [first] = drift;
  if (!first) return null;
  return {
    cause: "drift",
    words: drift.map(driftWords).join("; "),
    todo: `newsgather sources select ${_id} ${first.field} proposes selectors; if the new values are right, newsgather sources accept ${_id} --reason TEXT makes them the baseline`,
  };
}

/** Describes a drift, such as `the title is missing: 6 of the last 6 articles, usually 2 %`. */
export function driftWords({ field, kind, count, of, usual, now }: Drift): string {
  const name = FIELDS[field];
  if (kind === "length")
    return `${name} has ${Math.round(now)} characters, usually ${Math.round(usual)}`;
  if (kind === "shared")
    return `${percent(now)} of ${name} also appears in other articles (usually ${percent(usual)})`;
  const what = kind === "empty" ? "pages" : "articles";
  return `${name} ${DRIFTS[kind]}: ${count} of the last ${of} ${what}, usually ${percent(usual)}`;
}

const FIELDS: Record<Drift["field"], string> = {
  title: "the title",
  publishedAt: "the date",
  text: "the text",
  authors: "the author",
  teaser: "the teaser",
};

function silenceOf({ silentAt, lastNewArticleAt }: SourceHealthFields, now: Date): Change | null {
  if (!silentAt || !lastNewArticleAt || silentAt > now) return null;
  const silent = now.getTime() - lastNewArticleAt.getTime();
  const bound = silentAt.getTime() - lastNewArticleAt.getTime();
  const words = `unusually quiet: nothing new for ${span(silent)}; more than ${span(bound)} is unusual`;
  return { cause: "silent", words, todo: `look at the site; ${DISCOVER_ADVICE}` };
}

function spikeOf({ spike }: SourceHealthFields): Change | null {
  if (!spike) return null;
  const words = `${spike.items} new articles at once; about ${Math.round(spike.expected)} were expected`;
  const todo = "check the articles: an archive may have been republished";
  return { cause: "spike", words, todo };
}

function span(ms: number): string {
  return ms >= 2 * DAY_MS ? `${Math.round(ms / DAY_MS)} days` : `${Math.round(ms / HOUR_MS)} hours`;
}

export interface FillCounts {
  articles: number;
  /**
   * Sum of the articles' `fieldScore`. An article's `fieldScore` is the mean confidence of its
   * fields, 0 to 1.
   */
  fieldScore: number;
  /** For each field, the number of articles that have the field. */
  fields: Partial<Record<FieldName, number>>;
}

/** How many of a source's latest articles have each field. `_id` is the source's id. */
export interface Quality {
  _id: string;
  /** Counts that become `previous` after `QUALITY_WINDOW_ARTICLES` articles. */
  current: FillCounts;
  previous: FillCounts;
}

/** Fill rates of a source's latest articles: the share that has each field, 0 to 1. */
export interface Fill {
  articles: number;
  /**
   * Mean of the latest articles' `fieldScore`. An article's `fieldScore` is the mean confidence of
   * its fields, 0 to 1.
   */
  fieldScore: number;
  fields: Partial<Record<FieldName, number>>;
}

/** Counting restarts after this many articles, so fill rates cover the last 100 to 200. */
export const QUALITY_WINDOW_ARTICLES = 100;

export function fillOf({ current, previous }: Omit<Quality, "_id">): Fill | null {
  const articles = current.articles + previous.articles;
  if (articles === 0) return null;
  const share = (sum: number) => Math.round((sum / articles) * 1000) / 1000;
  const fields: Fill["fields"] = {};
  for (const name of MEASURED_FIELDS) {
    fields[name] = share((current.fields[name] ?? 0) + (previous.fields[name] ?? 0));
  }
  return { articles, fieldScore: share(current.fieldScore + previous.fieldScore), fields };
}
