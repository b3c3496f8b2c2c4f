import { SECOND_MS } from "../lib/time.ts";
import { BOUNDS as EXTRACT } from "./bounds/extract.ts";
import { BOUNDS as FETCH } from "./bounds/http.ts";
import { BOUNDS as DISCOVER } from "./bounds/links.ts";

const KB = 1024;
const MB = 1024 * KB;

/**
 * Every bound of the pipeline; bytes, or ms for times, unless the name says more. Roles hand the first
 * ones to the stages; those that only one stage knows stand in its `bounds.ts`, and under its name here.
 */
export const LIMITS = Object.freeze({
  /** A response as it comes over the wire; stored bodies are cut here and marked `truncated`. */
  wireBytes: 8 * MB,
  /** A page after decompression: a gzip bomb of 200 KB would otherwise be 200 MB. */
  decodedBytes: 8 * MB,
  /** The sitemap protocol's own bound. */
  sitemapUrls: DISCOVER.sitemapUrls,
  /** RFC 9309 asks for at least 500 KiB of robots.txt. */
  robotsBytes: 500 * KB,
  /** Bytes that one browser page may load with all its parts. */
  pageBytes: 25 * MB,
  /** One page in a parser thread; then the thread is ended, so that one bad page harms only itself. */
  parseDeadline: 5 * SECOND_MS,
  /** Logins by a form at one source: a session that lasts shorter is no session. */
  loginsPerHour: 6,
  linksPerRun: 500,
  /** A longer Crawl-delay is kept too: a run then takes as many links fewer as the delay is longer. */
  crawlDelay: 120 * SECOND_MS,
  /** Links that wait to be fetched; discovery stops above, so queue and memory stay bounded. */
  backlog: 5000,
  /** Lock of a job: a killed worker's job is back after lock and stall check, within 12 s. */
  lock: 10 * SECOND_MS,
  stallCheck: 2 * SECOND_MS,
  /** Until a worker whose connection to Redis broke asks it for jobs again (BullMQ: 15 s). */
  redisAgain: SECOND_MS / 2,
  /** Group commit: how long a write waits for company, and how much company it takes. */
  commitDelay: 20,
  /** The same for pages from a browser, which come seldom: most of what a commit costs is its statements. */
  commitDelayRendered: 200,
  commitSize: 50,
  /** Pages and feeds may be those that were the newest so long ago, while new ones are made, those of the stream a quarter of it; the rest of the API never. */
  staleness: SECOND_MS,
  /** The whole shutdown. */
  shutdown: 30 * SECOND_MS,
  /** Redirects, headers, ratio of compression, ... */
  fetch: FETCH,
  /** Entries of feeds and sitemaps, depth of indexes, pages of a trap, ... */
  discover: DISCOVER,
  /** Size and depth of a page, length of a title, pages of a PDF, ... */
  extract: EXTRACT,
});
