const KB = 1024;
const MB = 1024 * KB;
const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Every bound of the pipeline in one place; bytes, or ms for times, unless the name says more. */
export const LIMITS = Object.freeze({
  /** A response as it comes over the wire; stored bodies are cut here and marked `truncated`. */
  wireBytes: 8 * MB,
  /** A page after decompression: a gzip bomb of 200 KB would otherwise be 200 MB. */
  decodedBytes: 8 * MB,
  /** The sitemap protocol's own bound; sitemaps are streamed, their capture keeps the head. */
  sitemapBytes: 50 * MB,
  sitemapUrls: 50_000,
  /** Levels of sitemap index below the first. */
  sitemapDepth: 2,
  /** RFC 9309 asks for at least 500 KiB of robots.txt. */
  robotsBytes: 500 * KB,
  headerBytes: 16 * KB,
  /** Bytes that one browser page may load with all its parts. */
  pageBytes: 25 * MB,

  connectTimeout: 8 * SECOND,
  /** To the headers, and between two parts of a body. */
  idleTimeout: 10 * SECOND,
  /** One page in the browser with waiting and reading it. */
  renderDeadline: 45 * SECOND,
  /** One page in a parser thread; then the thread is ended, so that one bad page harms only itself. */
  parseDeadline: 5 * SECOND,
  redirects: 5,

  /** Starts of one link, counted before the fetch; then it is a dead letter. */
  attempts: 5,
  /** Starts that ended the process: the page itself is suspected. */
  poisonAttempts: 4,
  retryBase: 30 * SECOND,
  retryCap: 6 * HOUR,
  /** Longest Retry-After that is believed. */
  retryAfterCap: DAY,
  /** Failures in a row that close a host's breaker. */
  breakerFailures: 5,
  /** Longest Crawl-delay that is honoured as it stands. */
  crawlDelayCap: 120 * SECOND,

  linksPerRun: 500,
  /** Links that wait to be fetched; discovery stops above, so queue and memory stay bounded. */
  backlog: 5000,
  subresources: 6,
  /** Lock of a job: a killed worker's job is back after lock and stall check, about 12 s. */
  lock: 10 * SECOND,
  stallCheck: 5 * SECOND,

  browserPages: 100,
  browserAge: 15 * MINUTE,
  browserBytes: 1200 * MB,

  /** Group commit: how long a write waits for company, and how much company it takes. */
  commitDelay: 20,
  commitSize: 50,
  /** Changes are kept this long; an older cursor bootstraps from a snapshot. */
  changesKept: 90 * DAY,
  /** Entries of one answer of the API. */
  pageSize: 200,

  /** Start of an embedded service until it answers; SecantusDB takes 2 to 4 s, more under load. */
  serviceStart: 60 * SECOND,
  /** Graceful stop of an embedded service before it is killed. */
  serviceStop: 10 * SECOND,
  /** The whole shutdown. */
  shutdown: 30 * SECOND,
});
