/** Numbers of the tests that `npm run verify` repeats on a larger scale; small in `npm test`. */
export interface Size {
  /** Faults that strike one daemon under load. */
  faults: number;
  /** Changes that racing writers put into the stream, over so many articles. */
  changes: number;
  changedArticles: number;
  /** Changes that consumers who die in between follow, while they are written. */
  followed: number;
  /** Articles at which one more must not cost more than the first ones. */
  archive: number;
  /** Looks at unchanged articles, each of which finds other adverts and counters. */
  refetches: number;
  /** Whether all labelled revisions are played over HTTP, or a third of them. */
  everyRevision: boolean;
  /** Orders in which the articles of a story are stored. */
  orders: number;
  /** Labelled articles whose stories the store has to find, in so many orders. */
  labels: { articles: number; orders: number };
  /** Pages that are read one after the other, over which memory may not grow. */
  pages: number;
  /** Mutated inputs over all parsers. */
  fuzzed: number;
  /** Requests with odd values, over all routes. */
  requests: number;
  /** How long the longest test may take, ms. */
  patience: number;
}

const SMALL: Size = {
  faults: 12,
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

/** Whether this is `npm run verify`. */
export const isVerify = process.env["TEST_VERIFY"] === "1";

/** The numbers of this run. */
export const SIZE: Size = isVerify ? LARGE : SMALL;
