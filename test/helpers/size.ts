/** Sizes of the tests that `npm run verify` repeats on a larger scale; small in `npm test`. */
export interface Size {
  /** Number of faults in one daemon under load. */
  faults: number;
  /** Number of changes that racing writers append to the stream, over this many articles. */
  changes: number;
  changedArticles: number;
  /** Number of changes, written meanwhile, that consumers read which die in between. */
  followed: number;
  /** Number of articles after which another one must not cost more than the first ones. */
  archive: number;
  /** Number of fetches of unchanged articles, each with different adverts and counters. */
  refetches: number;
  /** Whether all labelled revisions are played over HTTP, or only a third of them. */
  everyRevision: boolean;
  /** Number of orders in which the articles of a story are stored. */
  orders: number;
  /** Labelled articles whose stories must be found, in this many orders. */
  labels: { articles: number; orders: number };
  /** Number of pages read in a row, during which memory must not grow. */
  pages: number;
  /** Number of mutated inputs over all parsers. */
  fuzzed: number;
  /** Number of requests with odd values, over all routes. */
  requests: number;
  /** How long the longest test may take, ms. */
  patience: number;
}

const SMALL: Size = {
  faults: 13,
  changes: 240,
  changedArticles: 8,
  followed: 5000,
  archive: 400,
  refetches: 60,
  everyRevision: false,
  orders: 5,
  labels: { articles: 30, orders: 1 },
  pages: 300,
  fuzzed: 2_000,
  requests: 400,
  patience: 300_000,
};
const LARGE: Size = {
  faults: 52,
  changes: 100_000,
  changedArticles: 400,
  followed: 100_000,
  archive: 20_000,
  refetches: 300,
  everyRevision: true,
  orders: 200,
  labels: { articles: 153, orders: 20 },
  pages: 10_000,
  fuzzed: 21_000,
  requests: 5_000,
  patience: 3_600_000,
};

/** Whether this run is `npm run verify`. */
export const isVerify = process.env["TEST_VERIFY"] === "1";

/** The sizes in this run. */
export const SIZE: Size = isVerify ? LARGE : SMALL;
