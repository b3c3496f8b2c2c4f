/** Bounds that only this stage knows; numbers of things, unless the name says more. */
export const BOUNDS = {
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
  /** Elements of a listing nested deeper are left out. */
  depth: 256,
  /** Characters of an address. */
  address: 4096,
  /** Pages of one pattern in a row without a new article that make it a trap. */
  trapEvidence: 20,
};
