import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { commitArticles } from "../../articles/ingest/commit.ts";
import type { ReadPage } from "../../articles/ingest/decide.ts";
import { fingerprint } from "../../articles/matching/fingerprint.ts";
import { encodeFingerprint, similarFingerprints } from "../../store/articles/fingerprints.ts";
import type { Store } from "../../store/store.ts";
import { hours, idOf } from "../helpers/article-pages.ts";
import { countCommands } from "../helpers/commands.ts";
import { emptyStore, startTestDatabase, type TestDatabase } from "../helpers/database.ts";
import { measured } from "../helpers/measured.ts";
import { makePrint } from "../helpers/prints.ts";
import { textOf } from "../helpers/site.ts";
import { edited, storyPage } from "../helpers/story-pages.ts";

const STORED = 500;
const PLACED = 20;
/** Round trips for fingerprints, and fingerprints that are read, an article that is placed. */
const BAR = { roundTrips: 1.5, read: 40 };

let database: TestDatabase;
let store: Store;
beforeAll(async () => {
  database = await startTestDatabase(import.meta.filename);
  store = await database.open("placing");
});
beforeEach(() => emptyStore(store));
afterAll(() => database.close());

const options = { timezone: "UTC", now: () => new Date() };

/** Stores what articles of one day are compared by, without the articles. */
async function fill(wordsOf: (n: number) => string): Promise<void> {
  const prints = Array.from({ length: STORED }, (_, n) => {
    const [title, text, at] = [
      `Report ${textOf(`title ${n}`).slice(0, 60)}`,
      wordsOf(n),
      hours(-5),
    ];
    const about = { sourceId: "cities", trust: 0.5, language: "en", title, text, at };
    const id = `stored-${n}`;
    const cluster = { match: null, origin: id, story: id };
    return encodeFingerprint(makePrint(id, { ...fingerprint(about), cluster }));
  });
  await store.collections.fingerprints.insertMany(prints, { ordered: false });
}

/** What placing articles together costs each of them. */
async function costOf(pages: ReadPage[]) {
  const counted = await countCommands(store);
  counted.reset();
  await commitArticles(counted.store, pages, options);
  const trips = counted.commands().filter((command) => command.endsWith(" fingerprints"));
  const cost = { roundTrips: trips.length / pages.length, read: counted.read() / pages.length };
  await counted.close();
  measured(`${cost.roundTrips} round trips, ${cost.read} documents an article that is placed`);
  return cost;
}

test("An article finds its story in few round trips, whatever is stored", async () => {
  await fill((n) => textOf(`stored ${n}`));
  const pages = Array.from({ length: PLACED }, (_, n) =>
    storyPage(`new-${n}`, -4, textOf(`new ${n}`)),
  );
  const { roundTrips, read } = await costOf(pages);
  expect(roundTrips).toBeLessThanOrEqual(BAR.roundTrips);
  expect(read).toBeLessThanOrEqual(BAR.read);
});

test("A key that many articles share doesn't crowd out a rare one", async () => {
  const crowd = Array.from({ length: 230 }, (_, n) => makePrint(`crowd-${n}`, { keys: [1] }));
  const rare = makePrint("rare", { keys: [2] });
  await store.collections.fingerprints.insertMany([...crowd, rare].map(encodeFingerprint), {
    ordered: false,
  });
  const counted = await countCommands(store);
  counted.reset();
  const found = await similarFingerprints(counted.store, [1, 2, 3]);
  expect(found.map(({ _id }) => _id)).toContain("rare");
  expect(counted.read()).toBeLessThanOrEqual(201);
  expect(counted.commands().length).toBe(2);
  await counted.close();
});

test("Many keys that many articles share are left out in few round trips", async () => {
  const crowd = (key: number, length: number) =>
    Array.from({ length }, (_, n) => makePrint(`${key}-${n}`, { keys: [key] }));
  const keys = Array.from({ length: 30 }, (_, n) => 100 + n);
  const rare = makePrint("rare", { keys: [2] });
  const prints = [...keys.flatMap((key, n) => crowd(key, 8 + n)), rare].map(encodeFingerprint);
  await store.collections.fingerprints.insertMany(prints, { ordered: false });
  const counted = await countCommands(store);
  counted.reset();
  const found = await similarFingerprints(counted.store, [...keys, 2]);
  expect(found.map(({ _id }) => _id)).toContain("rare");
  expect(counted.commands().length).toBeLessThanOrEqual(5);
  await counted.close();
});

test("Articles that share a sentence with many others cost little more, and their copies are found", async () => {
  const below = textOf("below").split(" ").slice(0, 40).join(" ");
  await fill((n) => `${textOf(`stored ${n}`)} ${below}`);
  const first = `${textOf("copied")} ${below}`;
  await commitArticles(store, [storyPage("first", -5, first)], options);
  const pages = Array.from({ length: PLACED }, (_, n) =>
    storyPage(`new-${n}`, -4, n === 7 ? edited(first, 10) : `${textOf(`new ${n}`)} ${below}`),
  );
  const { roundTrips, read } = await costOf(pages);
  expect(roundTrips).toBeLessThanOrEqual(2 * BAR.roundTrips);
  expect(read).toBeLessThanOrEqual(4 * BAR.read);
  const copy = await store.collections.articles.findOne({ _id: idOf("new-7") });
  expect(copy).toMatchObject({ duplicateOf: idOf("first") });
});
