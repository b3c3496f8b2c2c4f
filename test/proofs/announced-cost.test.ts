import { afterAll, beforeAll, expect, test } from "vitest";
import { announcedAfter, doneSet, planDiscovery } from "../../articles/ingest/links.ts";
import type { Completeness } from "../../model/articles/article.ts";
import type { FoundLink } from "../../model/crawl/link.ts";
import { addLinks, recordOutcomes } from "../../store/crawl/links.ts";
import type { Store } from "../../store/store.ts";
import { makeSource } from "../helpers/articles.ts";
import { cpuOf } from "../helpers/cpu.ts";
import { startTestDatabase, type TestDatabase } from "../helpers/database.ts";
import { makeLink } from "../helpers/links.ts";
import { measured } from "../helpers/measured.ts";

/** Items that are found and whose pages come, in runs of as many as one takes. */
const ITEMS = 1000;
const ITEMS_OF_RUN = 500;
const ROUNDS = 3;
/** CPU that an item may cost for being announced, beside what its page costs, ms. */
const MOST_MS = 1;

let database: TestDatabase;
let store: Store;
beforeAll(async () => {
  database = await startTestDatabase(import.meta.filename);
  store = await database.open("announced-cost");
});
afterAll(() => database.close());

function foundLinks(round: string): FoundLink[] {
  return Array.from({ length: ITEMS_OF_RUN }, (_, n) => ({
    url: `https://cities.example/${round}/${n}`,
    kind: "article",
    page: 1,
    hints: {
      title: `Harbour report ${n} of the town of Ellery`,
      teaser: `What the council says of pier ${n}, and who has to pay for its repairs.`,
      contentText: `The council of Ellery has read report ${n}. `.repeat(20),
      publishedAt: new Date(),
    },
  }));
}

/** Stores what a run found, and that the pages came: the CPU ms of this thread for each item. */
async function cost(round: string, publish: Completeness): Promise<number> {
  const source = { ...makeSource("cities"), publish };
  const now = new Date();
  const all = foundLinks(`${publish}-${round}`);
  const cpu = await cpuOf(async () => {
    const { due } = planDiscovery(
      { links: all, skipped: [], problems: [], ttl: null, hub: null },
      {
        link: makeLink("feed", { kind: "feed" }),
        announcer: { captureId: "capture", seenAt: now, kind: "feed" },
        source,
        run: { _id: "run", first: false },
        known: new Map(),
        taken: 0,
        laneOf: () => "http",
        delayOf: () => 0,
        trapOf: () => null,
        trusts: () => true,
        now,
      },
    );
    expect(due).toHaveLength(ITEMS_OF_RUN);
    expect(due.every(({ announcement }) => announcement)).toBe(publish === "announced");
    const claim = { token: "token", turn: 0, at: now, worker: "w" };
    const links = due.map((link) => ({ ...link, claim }));
    await addLinks(store, links);
    const set = doneSet("new");
    await recordOutcomes(
      store,
      links.map((link) => ({
        id: link._id,
        token: claim.token,
        set: { ...set, ...announcedAfter(link, set, now) },
      })),
    );
  });
  return cpu / ITEMS_OF_RUN;
}

test(`An item whose source publishes announcements costs at most ${MOST_MS} ms of CPU more`, async () => {
  const least = { announced: Infinity, full: Infinity };
  for (let round = 0; round < ROUNDS; round++)
    for (const publish of ["announced", "full"] as const) {
      let sum = 0;
      for (let run = 0; run < ITEMS / ITEMS_OF_RUN; run++)
        sum += await cost(`${round}-${run}`, publish);
      least[publish] = Math.min(least[publish], (sum * ITEMS_OF_RUN) / ITEMS);
    }
  const { announced, full } = least;
  measured(`an item: ${announced.toFixed(3)} ms of CPU announced, ${full.toFixed(3)} ms not`);
  expect(announced - full).toBeLessThanOrEqual(MOST_MS);
});
