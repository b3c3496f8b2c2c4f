import { SECOND_MS } from "../lib/time.ts";

export const EXTRACT_BOUNDS = {
  /** Limits of a page: UTF-16 units, elements (`tags`) and nesting (browsers stop at 512). */
  tree: { size: 6_000_000, tags: 120_000, depth: 400 },
  /** Maximum characters of a title, a teaser and a name, and maximum entries in a list. */
  lines: { title: 500, teaser: 3000, name: 200, entries: 100 },
  /** Maximum number of characters of an article's text; the rest is cut off. */
  text: 400_000,
  /** Limits of a PDF: pages, pieces of text, and bytes of each decompressed part. */
  pdf: { pages: 40, pieces: 60_000, unpacked: 2 ** 26 },
  /** Maximum number of nodes in a page's JSON-LD. */
  jsonld: 3000,
  articlePages: 20,
};

/** Maximum values for fetching a response: sizes in bytes, times in ms. */
export const HTTP_BOUNDS = {
  /** Maximum redirects per link. RFC 9309 requires at least five for robots.txt. */
  hops: 5,
  /** Maximum size of all headers of a response together, bytes. Cache tags alone can take 20 KB. */
  headers: 64 * 1024,
  /** Maximum number of responses with status 1xx before the final response. */
  interim: 32,
  headersTimeout: 10_000,
  /** Maximum size of a sitemap, before and after HTTP's decompression (sitemaps.org: 50 MB). */
  sitemap: 50_000_000,
  /** Maximum compression ratio of responses with more than `ratioFrom` decompressed bytes. */
  ratio: 200,
  ratioFrom: 1_000_000,
  /** Maximum memory for a zstd frame (RFC 8878 section 3.1.1.1.2 recommends 8 MB). */
  zstdWindow: 8 * 2 ** 20,
  /** Maximum number of rules with `*` in robots.txt. Simple prefixes cost almost nothing. */
  robotsWildcards: 2000,
};

export const LINK_BOUNDS = {
  feedCharacters: 32_000_000,
  /** Maximum number of entries in a feed, and of links in a page that lists articles. */
  entries: 2000,
  /** Maximum number of URLs in one sitemap; the protocol's own limit. */
  sitemapUrls: 50_000,
  /** Maximum number of sitemaps read from one index, newest first. */
  sitemapsOfIndex: 100,
  /** Maximum levels of sitemap indexes: an entry point can list indexes, which list sitemaps. */
  indexDepth: 2,
  /** Maximum number of layers of gzip around a sitemap, not counting HTTP's compression. */
  gzipLayers: 2,
  /** Maximum size of a gzipped sitemap after each step of decompression, in bytes. */
  gzipBytes: 64 * 1024 * 1024,
  /** Maximum depth of an element in a listing; deeper elements are ignored. */
  depth: 256,
  /** Maximum length of a URL, in characters. */
  urlCharacters: 4096,
  /** A URL pattern with this many consecutive pages without a new article is a crawler trap. */
  trapEvidence: 20,
};

const KB = 1024;
const MB = 1024 * KB;

/** The pipeline's limits: sizes in bytes, times in ms. */
export const LIMITS = Object.freeze({
  /** Maximum size before decompression. The rest isn't read; the response is marked `truncated`. */
  wireBytes: 8 * MB,
  /** Maximum size after decompression. A gzip bomb of 200 KB would otherwise become 200 MB. */
  decodedBytes: 8 * MB,
  sitemapUrls: LINK_BOUNDS.sitemapUrls,
  /** Number of bytes of robots.txt that are read. RFC 9309 requires at least 500 KiB. */
  robotsBytes: 500 * KB,
  /** Maximum bytes of one response in the browser; over HTTPS, of one connection for a page. */
  pageBytes: 25 * MB,
  /** Time limit for one page, after which its parser thread is terminated. */
  parseDeadline: 5 * SECOND_MS,
  /** Maximum number of form logins per source and hour. */
  loginsPerHour: 6,
  linksPerRun: 500,
  /** If a host needs a longer pause between requests than this, a run takes fewer of its links. */
  crawlDelay: 120 * SECOND_MS,
  /** No new run starts while this many links wait, so that queue and memory stay bounded. */
  backlog: 5000,
  /** Lifetime of a job's lock. The jobs of a killed worker run again within 12 s. */
  lock: 10 * SECOND_MS,
  stallCheck: 2 * SECOND_MS,
  /** Delay before a worker that lost its connection to Redis tries again (BullMQ: 15 s). */
  redisRetryDelay: SECOND_MS / 2,
  /** Maximum time that a page waits for other pages, so that one commit stores them together. */
  commitDelay: 20,
  /** `commitDelay` for pages from a browser; longer, because such pages are rare. */
  commitDelayRendered: 200,
  commitSize: 50,
  /** Maximum age of cached pages and feeds. For the change stream, the maximum age is 250 ms. */
  staleness: SECOND_MS,
  /** Time limit of a whole shutdown. Workers get part of it to finish their jobs. */
  shutdown: 30 * SECOND_MS,
  fetch: HTTP_BOUNDS,
  discover: LINK_BOUNDS,
  extract: EXTRACT_BOUNDS,
});
