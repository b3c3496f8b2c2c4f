import { SECOND_MS } from "../lib/time.ts";

/** Bounds of reading a page. */
export const EXTRACT_BOUNDS = {
  /** A page's tree: UTF-16 units of markup, elements, nesting (browsers stop at 512). */
  tree: { size: 6_000_000, tags: 120_000, depth: 400 },
  /** Characters that a line may have, and entries that a list may have: nobody writes longer titles. */
  lines: { title: 500, teaser: 3000, name: 200, entries: 100 },
  /** Characters of an article's text; the rest is cut. */
  text: 400_000,
  /** Of a PDF: pages, pieces of text, and bytes that one part unpacks to: a page is drawn with some hundred kilobytes. */
  pdf: { pages: 40, pieces: 60_000, unpacked: 2 ** 26 },
  /** Nodes of a page's JSON-LD. */
  jsonld: 3000,
  /** Pages of one article. */
  articlePages: 20,
};

/** Bounds of getting a response; bytes, or ms for times, unless the name says more. */
export const HTTP_BOUNDS = {
  /** Redirects of one link, as RFC 9309 asks for robots.txt too. */
  hops: 5,
  /** All headers of an answer together. */
  headers: 16_384,
  /** Answers with a status of 1xx before the answer itself. */
  interim: 32,
  /** Until the headers of an answer are there. */
  headersTimeout: 10_000,
  /** A sitemap, on the wire and unpacked (sitemaps.org: 50 MB). */
  sitemap: 50_000_000,
  /** Times that unpacked bytes may be packed ones, from 1 MB on; no honest page reaches it. */
  ratio: 200,
  ratioFrom: 1_000_000,
  /** Memory that a zstd frame may ask for (RFC 8878 section 3.1.1.1.2 recommends 8 MB). */
  zstdWindow: 8 * 2 ** 20,
  /** Rules with `*` in robots.txt for one product; plain prefixes cost next to nothing and have no cap. */
  robotsWildcards: 2000,
};

/** Bounds of finding links; numbers of things, unless the name says more. */
export const LINK_BOUNDS = {
  /** Characters of a feed. */
  feedCharacters: 32_000_000,
  /** Entries of a feed, and links of a page that lists articles. */
  entries: 2000,
  /** Addresses of one sitemap: the protocol's own bound. */
  sitemapUrls: 50_000,
  /** Sitemaps taken out of one index, newest first. */
  sitemapsOfIndex: 100,
  /** Deepest level of an index: an entry point may name indexes, and those sitemaps. */
  indexDepth: 2,
  /** Gzip layers still around a sitemap, and bytes of each unpacked. */
  gzipLayers: 2,
  gzipBytes: 64 * 1024 * 1024,
  /** Elements of a listing that are nested deeper are ignored. */
  depth: 256,
  /** Characters of an address. */
  address: 4096,
  /** Pages of one pattern in a row without a new article that make it a trap. */
  trapEvidence: 20,
};

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
  sitemapUrls: LINK_BOUNDS.sitemapUrls,
  /** RFC 9309 asks for at least 500 KiB of robots.txt. */
  robotsBytes: 500 * KB,
  /** Bytes that one browser page may load with all its parts. */
  pageBytes: 25 * MB,
  /** One page in a parser thread; then the thread is ended, so that one bad page harms only itself. */
  parseDeadline: 5 * SECOND_MS,
  /** Logins by a form at one source: a session that lasts shorter is no session. */
  loginsPerHour: 6,
  linksPerRun: 500,
  /** A longer Crawl-delay counts, too: a run then takes fewer links in proportion. */
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
  /** The same for pages from a browser. These are rare, and the cost of a commit is mostly its statements. */
  commitDelayRendered: 200,
  commitSize: 50,
  /** How old cached pages and feeds may be while new ones are made, ms; those of the stream a quarter of it; other API responses are never old. */
  staleness: SECOND_MS,
  /** The whole shutdown. */
  shutdown: 30 * SECOND_MS,
  /** Redirects, headers, ratio of compression, ... */
  fetch: HTTP_BOUNDS,
  /** Entries of feeds and sitemaps, depth of indexes, pages of a trap, ... */
  discover: LINK_BOUNDS,
  /** Size and depth of a page, length of a title, pages of a PDF, ... */
  extract: EXTRACT_BOUNDS,
});
