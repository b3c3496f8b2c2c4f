const KB = 1024;
const MB = 1024 * KB;
const SECOND = 1000;

/**
 * Bounds that roles hand to the stages; bytes, or ms for times, unless the name says more. A bound
 * that only one stage knows lies in that stage.
 */
export const LIMITS = Object.freeze({
  /** A response as it comes over the wire; stored bodies are cut here and marked `truncated`. */
  wireBytes: 8 * MB,
  /** A page after decompression: a gzip bomb of 200 KB would otherwise be 200 MB. */
  decodedBytes: 8 * MB,
  /** The sitemap protocol's own bound. */
  sitemapUrls: 50_000,
  /** RFC 9309 asks for at least 500 KiB of robots.txt. */
  robotsBytes: 500 * KB,
  /** Bytes that one browser page may load with all its parts. */
  pageBytes: 25 * MB,
  /** One page in a parser thread; then the thread is ended, so that one bad page harms only itself. */
  parseDeadline: 5 * SECOND,
  linksPerRun: 500,
  /** A longer Crawl-delay is kept too: a run then takes as many links fewer as the delay is longer. */
  crawlDelay: 120 * SECOND,
  /** Links that wait to be fetched; discovery stops above, so queue and memory stay bounded. */
  backlog: 5000,
  /** Lock of a job: a killed worker's job is back after lock and stall check, within 12 s. */
  lock: 10 * SECOND,
  stallCheck: 2 * SECOND,
  /** Group commit: how long a write waits for company, and how much company it takes. */
  commitDelay: 20,
  commitSize: 50,
  /** The whole shutdown. */
  shutdown: 30 * SECOND,
});
