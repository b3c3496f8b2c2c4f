import { SECOND_MS } from "../lib/time.ts";

/** Limits for reading a page. */
export const EXTRACT_BOUNDS = {
  /** Limits of a page's tree: UTF-16 units of markup, elements, nesting (browsers stop at 512). */
  tree: { size: 6_000_000, tags: 120_000, depth: 400 },
  /** Maximum number of characters of a line, and of entries in a list: no real title is longer. */
  lines: { title: 500, teaser: 3000, name: 200, entries: 100 },
  /** Maximum number of characters of an article's text; the rest is cut off. */
  text: 400_000,
  /** Limits of a PDF: pages, pieces of text, and bytes of one unpacked part; a page needs a few hundred kilobytes. */
  pdf: { pages: 40, pieces: 60_000, unpacked: 2 ** 26 },
  /** Maximum number of nodes in a page's JSON-LD. */
  jsonld: 3000,
  /** Maximum number of pages per article. */
  articlePages: 20,
};

/** Limits for fetching a response; in bytes, or ms for times, unless the name says otherwise. */
export const HTTP_BOUNDS = {
  /** Number of redirects per link; RFC 9309 requires as many for robots.txt. */
  hops: 5,
  /** Size of all headers of a response together. */
  headers: 16_384,
  /** Number of responses with status 1xx before the final response. */
  interim: 32,
  /** Time until the headers of a response have arrived. */
  headersTimeout: 10_000,
  /** Size of a sitemap, both on the wire and unpacked (sitemaps.org: 50 MB). */
  sitemap: 50_000_000,
  /** Maximum compression ratio for responses over 1 MB; no ordinary page reaches it. */
  ratio: 200,
  ratioFrom: 1_000_000,
  /** Memory that a zstd frame can require, in bytes (RFC 8878 section 3.1.1.1.2 recommends 8 MB). */
  zstdWindow: 8 * 2 ** 20,
  /**
   * Number of rules with `*` in robots.txt for one product; simple prefixes cost almost nothing and
   * have no limit.
   */
  robotsWildcards: 2000,
};

/** Limits for finding links; counts, unless the name says otherwise. */
export const LINK_BOUNDS = {
  /** Length of a feed, in characters. */
  feedCharacters: 32_000_000,
  /** Number of entries in a feed, and of links in a page that lists articles. */
  entries: 2000,
  /** Number of URLs in one sitemap; the protocol's own limit. */
  sitemapUrls: 50_000,
  /** Number of sitemaps read from one index, newest first. */
  sitemapsOfIndex: 100,
  /** Maximum depth of an index: an entry point can list indexes, which list sitemaps. */
  indexDepth: 2,
  /** Number of further layers of gzip around a sitemap; each is limited in bytes. */
  gzipLayers: 2,
  gzipBytes: 64 * 1024 * 1024,
  /** Depth of an element in a listing; deeper ones are ignored. */
  depth: 256,
  /** Length of a URL, in characters. */
  address: 4096,
  /**
   * Number of consecutive pages of one pattern without a new article that make the pattern a trap.
   */
  trapEvidence: 20,
};

const KB = 1024;
const MB = 1024 * KB;

/**
 * All limits of the pipeline; in bytes, or ms for times, unless the name says otherwise. Roles pass the first ones to
 * the stages; limits that only one stage uses are declared above and included under its name.
 */
export const LIMITS = Object.freeze({
  /** Size of a response on the wire; a longer body is cut off here and marked `truncated`. */
  wireBytes: 8 * MB,
  /** Size of a page after decompression. A gzip bomb of 200 KB would otherwise become 200 MB. */
  decodedBytes: 8 * MB,
  /** Number of URLs in one sitemap; the protocol's own limit. */
  sitemapUrls: LINK_BOUNDS.sitemapUrls,
  /** Size of the part of robots.txt that is read. RFC 9309 requires at least 500 KiB. */
  robotsBytes: 500 * KB,
  /** Size of a page in the browser with all its resources. */
  pageBytes: 25 * MB,
  /** Time limit for one page in a parser thread. The thread is then terminated, so that a bad page affects no other. */
  parseDeadline: 5 * SECOND_MS,
  /** Number of form logins per source and hour. */
  loginsPerHour: 6,
  linksPerRun: 500,
  /**
   * Crawl-delay up to which a run takes `linksPerRun` links. A longer one is obeyed too, with proportionally fewer
   * links.
   */
  crawlDelay: 120 * SECOND_MS,
  /**
   * Number of links waiting to be fetched. Above it, discovery stops, so that queue and memory stay
   * bounded.
   */
  backlog: 5000,
  /**
   * Lifetime of a job's lock. The job of a killed worker is run again once its lock has expired and stalled jobs
   * were checked, within 12 s.
   */
  lock: 10 * SECOND_MS,
  stallCheck: 2 * SECOND_MS,
  /** Pause until a worker that lost its connection to Redis asks for jobs again (BullMQ: 15 s). */
  redisAgain: SECOND_MS / 2,
  /** Group commit: maximum time that a write waits for others, and maximum number of writes. */
  commitDelay: 20,
  /**
   * Maximum time that the write of a page from a browser waits for others. Such pages are rare, and
   * the cost of a commit is mostly its statements.
   */
  commitDelayRendered: 200,
  commitSize: 50,
  /**
   * Maximum age of pages and feeds that are served from a cache while new ones are built, ms. For the change stream
   * it is at most 250 ms. Other API responses are always current.
   */
  staleness: SECOND_MS,
  /** Maximum time for the whole shutdown. */
  shutdown: 30 * SECOND_MS,
  /** Limits for fetching a response, such as redirects, headers, or the compression ratio. */
  fetch: HTTP_BOUNDS,
  /**
   * Limits for finding links, such as the number of entries in feeds and sitemaps, the depth of
   * indexes, or the pages in a trap.
   */
  discover: LINK_BOUNDS,
  /**
   * Limits for reading a page, such as its size and depth, the length of a title, or the pages of a
   * PDF.
   */
  extract: EXTRACT_BOUNDS,
});
