import { z } from "zod";
import { countryCode, languageCode } from "../../lib/codes.ts";
import { hostNameOf } from "../../lib/text.ts";
import { COMPLETENESS, type Completeness } from "../articles/article.ts";
import { ENTRY_POINT_FIELDS, listEntryPoints } from "../crawl/entry-points.ts";
import { AnyMoment } from "../request-times.ts";
import { CONSENTS } from "../usage-rights.ts";
import type { Drift } from "./learned.ts";
import { Login, ProxyName } from "./login.ts";
import { Duration, Schedule } from "./schedule.ts";

const HttpUrl = z
  .url({ protocol: /^https?$/, error: "write an absolute http:// or https:// URL" })
  .describe("An absolute http(s) URL");

const HostName = z
  .string()
  .overwrite((text) => hostNameOf(text) ?? text)
  .refine((text) => hostNameOf(text) !== null, "write a host name such as news.example.com");

const FORBIDDEN_HEADERS =
  /^(?:accept-encoding|connection|content-length|expect|host|keep-alive|proxy-.*|te|trailer|transfer-encoding|upgrade|user-agent)$/i;

const HeaderName = z
  .string()
  .regex(/^[\w!#$%&'*+.^`|~-]+$/, "write a header's name with letters, digits and -")
  .refine((name) => !FORBIDDEN_HEADERS.test(name), "leave it out: a source can't set this header");
const HeaderValue = z
  .string()
  .regex(/^[\t\x20-\x7e\x80-\xff]*$/, "write one line of Latin-1 characters");

const Selector = z
  .string()
  .min(1)
  .describe("A CSS selector; append @attribute to read an attribute, e.g. time@datetime");

/** A page that lists articles; `link`, `title`, `date` and `teaser` are relative to `item`. */
export const Listing = z.strictObject({
  url: HttpUrl,
  item: Selector.optional().describe("One entry of the list"),
  link: Selector.default("a").describe("The link to the article"),
  title: Selector.optional(),
  date: Selector.optional(),
  teaser: Selector.optional(),
  next: Selector.optional().describe("The link to the next page of the list"),
  pages: z.int().min(1).max(100).default(10).describe("Maximum number of pages of the list"),
});

/** Selectors that override the extraction rules from `validFrom` on, such as after a redesign. */
export const Select = z.strictObject({
  validFrom: AnyMoment.optional(),
  title: Selector.optional(),
  text: Selector.optional().describe("Elements that contain the article's body"),
  remove: z.array(Selector).default([]).describe("Elements to remove from the body"),
  teaser: Selector.optional(),
  authors: Selector.optional(),
  publishedAt: Selector.optional(),
  modifiedAt: Selector.optional(),
  image: Selector.optional(),
  section: Selector.optional(),
  tags: Selector.optional(),
});

const Rights = z.strictObject({
  credit: z.string().optional().describe("Credit line that names the publisher"),
  fullText: z.boolean().default(false).describe("Whether outputs may contain the full text"),
  images: z.boolean().default(false).describe("Whether outputs may contain the image's URL"),
  embargo: Duration.optional().describe(
    "How long an article is withheld after its publication, e.g. 2h",
  ),
  teaserLength: z
    .int()
    .min(0)
    .max(5000)
    .default(600)
    .describe("Maximum number of teaser characters to show"),
  consent: z
    .strictObject({
      to: z
        .array(z.enum(CONSENTS))
        .min(1)
        .describe("Reservations and uses that the consent covers"),
      reason: z.string().min(10),
    })
    .optional()
    .describe(
      "What the publisher permits in writing despite its reservations; the reason is recorded on each capture",
    ),
});

/** A publisher that Newsgather watches, and how: one YAML file in `config/sources/`. */
export const Source = z
  .strictObject({
    id: z
      .string()
      .regex(/^[a-z0-9][a-z0-9-]{1,62}$/, "use a-z, 0-9 and -, 2 to 63 characters")
      .describe("Id of the source in files, commands and URLs; never changes"),
    name: z.string().min(1).describe("Name of the source, as readers see it"),
    home: HttpUrl.optional().describe("Home page of the source"),
    feeds: z.array(HttpUrl).default([]).describe("RSS, Atom or JSON feeds"),
    sitemaps: z.array(HttpUrl).default([]).describe("Sitemaps, or sitemap indexes"),
    listings: z.array(Listing).default([]).describe("Pages that list articles"),
    schedule: Schedule.prefault({ every: "30m" }).describe(
      "When to fetch: exactly one of `every`, `cron` and `adaptive`",
    ),
    pace: z
      .strictObject({
        delay: Duration.prefault("2s").describe(
          "Time to wait from the end of one request to the start of the next",
        ),
        concurrency: z
          .int()
          .min(1)
          .max(8)
          .default(1)
          .describe("Maximum number of concurrent requests to a host"),
      })
      .prefault({}),
    render: z
      .enum(["http", "browser", "auto"])
      .default("auto")
      .describe("auto: over HTTP, and in the browser if a script writes the page's text"),
    include: z
      .array(z.string())
      .default([])
      .describe("Patterns of URL paths to fetch, e.g. /news/**"),
    exclude: z.array(z.string()).default([]).describe("Patterns of URL paths not to fetch"),
    allowHosts: z
      .array(HostName)
      .default([])
      .describe("Other hosts whose articles belong to this source"),
    select: z
      .array(Select)
      .default([])
      .describe(
        "Selectors of fields, which take precedence over all other rules; of several entries, the one with the latest past validFrom applies",
      ),
    headers: z
      .record(HeaderName, HeaderValue)
      .default({})
      .describe("Headers that each request carries, such as a publisher's key"),
    login: Login.optional().describe(
      "Your account at the site; secrets are written as env:SECRET_NAME or file:NAME",
    ),
    proxy: ProxyName.optional().describe("Proxy for all requests to this source"),
    language: z
      .string()
      .overwrite((text) => languageCode(text) ?? text)
      .optional()
      .meta({ description: "BCP 47, e.g. de", pattern: "^[a-z]{2,3}(-[A-Za-z0-9]+)*$" }),
    country: z
      .string()
      .overwrite((text) => countryCode(text) ?? text)
      .optional()
      .meta({ description: "ISO 3166-1 alpha-2, e.g. DE", pattern: "^[A-Z]{2}$" }),
    region: z
      .string()
      .optional()
      .describe("First-level region, e.g. Guangdong, for articles that name none"),
    topics: z
      .array(z.string())
      .default([])
      .describe(
        "Topics that articles of the source are expected to have; an article's own words decide",
      ),
    keepTopics: z
      .boolean()
      .default(false)
      .describe("true: every article gets the declared topics, whatever its words say"),
    trust: z.number().min(0).max(1).default(0.5).describe("How much the source is trusted, 0 to 1"),
    relevance: z
      .strictObject({
        min: z
          .number()
          .min(0)
          .max(1)
          .default(0)
          .describe("Articles below this relevance are stored but not listed; 0: all are listed"),
      })
      .prefault({}),
    rights: Rights.prefault({}),
    coverage: z
      .strictObject({
        objective: z
          .number()
          .min(0.5)
          .max(1)
          .optional()
          .describe("Share of announced articles that must be published in time, e.g. 0.95"),
        within: Duration.optional().describe(
          "Maximum time from announcement to publication, e.g. 30m",
        ),
      })
      .optional()
      .describe("Coverage objective of the source, instead of the installation's"),
    firstRun: z
      .strictObject({
        articles: z
          .int()
          .min(1)
          .default(50)
          .describe("Maximum number of articles in the first run"),
        days: z
          .int()
          .min(1)
          .default(30)
          .describe("Maximum number of days that the first run goes back"),
      })
      .prefault({})
      .describe("Limits of the first run, which fetches the newest articles first"),
    publish: z
      .enum(Object.keys(COMPLETENESS) as Completeness[])
      .default("announced")
      .describe(
        "How complete an article must be for publication: announced (only what a feed, sitemap or list says), partial (only what is free), full",
      ),
    ignoreRobots: z
      .strictObject({ reason: z.string().min(10) })
      .optional()
      .describe(
        "Ignores robots.txt, only with the publisher's written consent; the reason is recorded on each capture",
      ),
    paused: z
      .strictObject({
        reason: z.string().min(3).describe("Why the source isn't fetched"),
        until: AnyMoment.optional().describe(
          "When fetching resumes; default: once `paused` is removed",
        ),
      })
      .optional(),
    verified: z
      .boolean()
      .default(true)
      .describe("false: no alarms about the source's health until a run has stored an article"),
  })
  .refine((source) => listEntryPoints(source).length > 0, {
    error: `give at least one entry point: ${ENTRY_POINT_FIELDS.join(", ")}`,
    path: ["feeds"],
  });

export type Source = z.infer<typeof Source>;
export type Listing = z.infer<typeof Listing>;
export type Select = z.infer<typeof Select>;

type Pausable = Pick<Source, "paused"> & Pick<Partial<SourceRecord>, "pausedByOperator">;

/** A pause of a source that hasn't ended. */
export interface Pause {
  reason: string;
  /** Undefined or missing if the pause has no end. */
  until?: Date | undefined;
  /** Who paused the source; null if its file did. No command can end a pause in the file. */
  actor: string | null;
}

/**
 * Returns a source's current pause by an operator or by its file; null if there is none. Of two
 * pauses, returns the one that ends later.
 */
export function pauseOf({ pausedByOperator, paused }: Pausable, now: Date): Pause | null {
  const pauses: Pause[] = [pausedByOperator ?? [], paused ? { ...paused, actor: null } : []].flat();
  const end = ({ until }: Pause) => until?.getTime() ?? Number.MAX_VALUE;
  const [last = null] = pauses.toSorted((a, b) => end(b) - end(a));
  return last && end(last) >= now.getTime() ? last : null;
}

export function isPaused(source: Pausable, now: Date): boolean {
  return pauseOf(source, now) !== null;
}

/** Returns a source whose header values are masked, because they can contain a publisher's keys. */
export function withoutSecrets(source: Source): Source {
  const names = Object.keys(source.headers).map((name) => [name, "***"] as const);
  return { ...source, headers: Object.fromEntries(names) };
}

/** Numbers of revisits of a source's articles, and of changes found, by step of the schedule. */
export type RevisitRates = Record<string, { revisits: number; changed: number }>;

/**
 * An entry point that moved (301, 308) or is gone. `runs` is how many runs in a row have seen this,
 * not counting runs without a response.
 */
export interface Moved {
  from: string;
  to: string | null;
  /** How the new URL was found; null if no new URL is known. */
  foundBy: "redirect" | "discovery" | null;
  runs: number;
  since: Date;
}

const MIN_CONFIRMING_RUNS = 3;

export function isOffered({ to, runs }: Moved): boolean {
  return to !== null && runs >= MIN_CONFIRMING_RUNS;
}

/** A source as stored: its declaration, its version, and the state of its runs. */
export interface SourceRecord extends Source {
  _id: string;
  /** Increases by one with each change of the declaration. */
  version: number;
  /** Hash of the declaration. */
  checksum: string;
  /**
   * When the next run is due or the pause ends. Null if the source is retired, not yet scheduled or
   * paused without an end.
   */
  nextDueAt: Date | null;
  /**
   * Id of the source's open run; null if there is none. Backfills, replays and revisits don't
   * count.
   */
  openRunId: string | null;
  /**
   * A pause by an operator, or because the source's pages crashed workers. A change of the source's
   * file doesn't end the pause.
   */
  pausedByOperator?: {
    reason: string;
    actor: string;
    at: Date;
    until?: Date;
    /**
     * Set if the source's pages crashed workers. Then not even due links are fetched, and an alarm
     * is raised.
     */
    isHarmful?: true;
  } | null;
  /**
   * How often the source's pages crashed workers, and when they last did; missing if they haven't
   * since an operator last resumed the source. `count` starts over after a day without a crash.
   */
  endedWorkers?: { count: number; at: Date };
  /** Who requested the next run (`push`: a hub), and when; missing or null if nobody did. */
  runRequest?: { actor: string; at: Date } | null;
  /**
   * When the next run is due by the schedule. Set while `nextDueAt` is the time of a run that a
   * hub's push requested.
   */
  pollDueAt?: Date | null;
  /**
   * The WebSub hub that each feed names, by the id of the feed's link; null if a feed names none.
   * `url` is the hub's URL, and `self` is the feed's URL at the hub.
   */
  hubs?: Record<string, { url: string; self: string } | null>;
  /** When the latest skipped run was due; with `missed: skip`, a late run is skipped. */
  missedAt?: Date;
  /** Whether a file still configures the source. Retired sources keep their archive. */
  active: boolean;
  lastAttemptAt: Date | null;
  lastSuccessAt: Date | null;
  lastNewArticleAt: Date | null;
  /**
   * Number of new articles (`items`) in the observed `hours`, and by UTC hour of the day. Older
   * articles and hours count less. Null until a run has succeeded.
   */
  arrivals: { items: number; hours: number; byHour?: number[] } | null;
  /** When the source counts as silent if no new article comes; null or missing if unknown. */
  silentAt?: Date | null;
  /** Set if the last successful run found far more new articles than expected. */
  spike?: { items: number; expected: number; at: Date } | null;
  drift?: Drift[];
  moved?: Moved[];
  /**
   * Number of failed runs in a row. A run fails if reading fails for all its entry points, or for
   * all its articles.
   */
  failures: number;
  /** The wait before the next fetch that the latest feed asks for, ms; null if it gives none. */
  ttl: number | null;
  lastProblem: string | null;
  /** Results of past revisits; see `articles/revisions/revisits.ts`. */
  revisitRates?: RevisitRates;
}
