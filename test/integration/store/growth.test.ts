import { afterAll, beforeAll, expect, test } from "vitest";
import { urlKey } from "../../../discover/canonical-url.ts";
import { countUp } from "../../../store/days.ts";
import { addLinks } from "../../../store/links.ts";
import { readListing } from "../../../store/listing.ts";
import type { Store } from "../../../store/store.ts";
import { createCommit } from "../../../workers/commit.ts";
import { sequence } from "../../../workers/sequencer.ts";
import { startTestDatabase, type TestDatabase } from "../../helpers/database.ts";
import { makeLink } from "../../helpers/links.ts";
import { measured } from "../../helpers/measured.ts";
import { makeReading, SEEN } from "../../helpers/reading.ts";
import { SIZE } from "../../helpers/size.ts";

const BATCH = 50;

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

test(
  "an article costs as much in a full archive as in an empty one",
  async () => {
    const store = await database.open("growth");
    const times: number[] = [];
    for (let batch = 0; batch < SIZE.archive / BATCH; batch++) {
      const since = performance.now();
      await addBatch(store, batch);
      times.push((performance.now() - since) / BATCH);
    }
    expect(await store.collections.articles.countDocuments({ status: "published" })).toBe(
      SIZE.archive,
    );
    // The best of each third: other work on the machine makes single batches slow.
    const third = Math.floor(times.length / 3);
    const [early, late] = [Math.min(...times.slice(0, third)), Math.min(...times.slice(-third))];
    measured(
      `${early.toFixed(1)} ms per article at first, ${late.toFixed(1)} ms at ${SIZE.archive}`,
    );
    expect(late).toBeLessThan(early * 2);
  },
  SIZE.patience,
);
