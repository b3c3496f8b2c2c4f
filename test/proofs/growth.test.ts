import { afterAll, beforeAll, expect, test } from "vitest";
import { urlKey } from "../../discover/canonical-url.ts";
import { countUp } from "../../store/days.ts";
import { addLinks } from "../../store/links.ts";
import { readListing } from "../../store/listing.ts";
import type { Store } from "../../store/store.ts";
import { createCommit } from "../../workers/articles/commit.ts";
import { sequence } from "../../workers/sequencer.ts";
import { startTestDatabase, type TestDatabase } from "../helpers/database.ts";
import { makeLink } from "../helpers/links.ts";
import { measured } from "../helpers/measured.ts";
import { makeReading, SEEN } from "../helpers/reading.ts";
import { isVerify, SIZE } from "../helpers/size.ts";

const BATCH = 25;
/** Batches that are timed in each of the two archives, in turn. */
const PAIRS = 8;

/** How much dearer an article may be in the larger archive; a machine that is busy otherwise only shows what is far off. */
const SLACK = isVerify ? 2 : 5;

let database: TestDatabase;
beforeAll(async () => {
  database = await startTestDatabase(import.meta.filename);
});
afterAll(() => database.close());

/** Stores a batch of new articles, moves them into the stream and lists a page of the portal. */
async function addBatch(store: Store, batch: number): Promise<void> {
  const options = { timezone: "UTC", now: () => new Date() };
  const commit = createCommit(store, options);
  const entries = Array.from({ length: BATCH }, (_, index) => {
    const number = batch * BATCH + index;
    const url = `https://city.example/news/${number}`;
    const publishedAt = new Date(SEEN.getTime() - (number % 2000) * 600_000);
    const reading = makeReading(url, { fields: { publishedAt } });
    const claim = { token: "mine", turn: 0, at: SEEN };
    const link = makeLink(urlKey(url), { url, foundUrl: url, claim, attempts: 1 });
    const { capture } = reading;
    return { capture, body: null, link, token: "mine", reading, settle: {} };
  });
  await addLinks(
    store,
    entries.map(({ link }) => link),
  );
  await Promise.all(entries.map((entry) => commit.add(entry)));
  while ((await sequence(store, new Date())) > 0);
  while ((await countUp(store)) > 0);
  await readListing(store, {}, { limit: 30, now: new Date() });
}

/** Milliseconds an article of a batch takes. */
async function timeBatch(store: Store, batch: number): Promise<number> {
  const since = performance.now();
  await addBatch(store, batch);
  return (performance.now() - since) / BATCH;
}

test(
  "an article costs as much in a full archive as in an empty one",
  async () => {
    const [full, empty] = [await database.open("full"), await database.open("empty")];
    const batches = SIZE.archive / BATCH;
    for (let batch = 0; batch < batches; batch++) await addBatch(full, batch);

    // In turn, and the best of each: other work on the machine slows both down, or single batches.
    const times: { inFull: number; inEmpty: number }[] = [];
    for (let pair = 0; pair < PAIRS; pair++) {
      const inEmpty = await timeBatch(empty, pair);
      times.push({ inEmpty, inFull: await timeBatch(full, batches + pair) });
    }
    const inFull = Math.min(...times.map((time) => time.inFull));
    const inEmpty = Math.min(...times.map((time) => time.inEmpty));
    measured(
      `${inEmpty.toFixed(1)} ms per article in an empty archive, ${inFull.toFixed(1)} ms behind ${SIZE.archive}`,
    );
    expect(await full.collections.articles.countDocuments({ status: "published" })).toBe(
      SIZE.archive + PAIRS * BATCH,
    );
    expect(inFull).toBeLessThan(inEmpty * SLACK);
  },
  SIZE.patience,
);
