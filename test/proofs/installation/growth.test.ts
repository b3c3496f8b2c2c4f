import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { createCommit } from "../../../articles/ingest/commit.ts";
import { sequence } from "../../../articles/stream/sequencer.ts";
import { urlKey } from "../../../crawler/links/url.ts";
import { readListing } from "../../../store/articles/listing.ts";
import { addLinks } from "../../../store/crawl/links.ts";
import { countUp } from "../../../store/publish/counters.ts";
import type { Store } from "../../../store/store.ts";
import { cpuOf, cpuOfProcess } from "../../helpers/cpu.ts";
import { startTestDatabase, type TestDatabase } from "../../helpers/database.ts";
import { makeLink } from "../../helpers/links.ts";
import { measured } from "../../helpers/measured.ts";
import { makeReading, SEEN } from "../../helpers/reading.ts";
import { SIZE } from "../../helpers/size.ts";

const BATCH = 25;
/** Batches that are timed in each of the two archives, in turn. */
const PAIRS = 8;

/** How much more CPU an article may take in the larger archive: its indexes are deeper and its pages of them more. */
const MAX_RATIO = 1.5;

let database: TestDatabase;
const databaseCpu = () => {
  const pid = inject("databasePid");
  return pid === null ? 0 : cpuOfProcess(pid);
};
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
    const claim = { token: "mine", turn: 0, at: SEEN, worker: "w" };
    const link = makeLink(urlKey(url), { url, foundUrl: url, claim, attempts: 1 });
    const { capture } = reading;
    return { capture, body: null, link, token: "mine", reading, linkSet: {} };
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

/** CPU that an article of a batch takes here and in the database, ms: what else the machine does is not in it. */
async function cpuOfBatch(store: Store, batch: number): Promise<number> {
  const before = databaseCpu();
  const here = await cpuOf(() => addBatch(store, batch));
  return (here + databaseCpu() - before) / BATCH;
}

test(
  "an article costs as much in a full archive as in an empty one",
  async () => {
    const [full, empty] = [await database.open("full"), await database.open("empty")];
    const batches = SIZE.archive / BATCH;
    for (let batch = 0; batch < batches; batch++) await addBatch(full, batch);

    // In turn, and the least of each: a collection of garbage slows down single batches.
    const costs: { inFull: number; inEmpty: number }[] = [];
    for (let pair = 0; pair < PAIRS; pair++) {
      const inEmpty = await cpuOfBatch(empty, pair);
      costs.push({ inEmpty, inFull: await cpuOfBatch(full, batches + pair) });
    }
    const inFull = Math.min(...costs.map((cost) => cost.inFull));
    const inEmpty = Math.min(...costs.map((cost) => cost.inEmpty));
    measured(
      `${inEmpty.toFixed(1)} ms CPU per article in an empty archive, ${inFull.toFixed(1)} ms behind ${SIZE.archive}`,
    );
    expect(await full.collections.articles.countDocuments({ status: "published" })).toBe(
      SIZE.archive + PAIRS * BATCH,
    );
    expect(inFull).toBeLessThan(inEmpty * MAX_RATIO);
  },
  SIZE.patience,
);
