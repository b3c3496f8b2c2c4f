/** Bounds that only this stage knows; bytes, or ms for times, unless the name says more. */
export const BOUNDS = {
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
