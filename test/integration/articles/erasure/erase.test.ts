import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { correct } from "../../../../articles/editorial/correct.ts";
import { reinstate } from "../../../../articles/editorial/retract.ts";
import { eraseAgain } from "../../../../articles/erasure/blank.ts";
import { type EraseOptions, erase } from "../../../../articles/erasure/erase.ts";
import { commitArticles } from "../../../../articles/ingest/commit.ts";
import { sequence } from "../../../../articles/stream/sequencer.ts";
import { urlKey } from "../../../../crawler/links/url.ts";
import { digest } from "../../../../lib/text.ts";
import { getArticles } from "../../../../store/articles/articles.ts";
import { draftsOf, keepDraft } from "../../../../store/articles/stories.ts";
import { addCaptures } from "../../../../store/crawl/captures.ts";
import { countUp, getDay } from "../../../../store/publish/counters.ts";
import type { Store } from "../../../../store/store.ts";
import { resetStore, startTestDatabase, type TestDatabase } from "../../../helpers/database.ts";
import { makeLink } from "../../../helpers/links.ts";
import { makeCapture, makeReading, SEEN } from "../../../helpers/reading.ts";

const url = "https://city.example/news/council-names-head";
const ID = urlKey(url);
const TITLE = "Council names a new head of its open data office";
const minutes = (n: number) => new Date(SEEN.getTime() + n * 60_000);
const now = () => minutes(60);
const OPTIONS: EraseOptions = {
  reason: "asked for in writing",
  actor: "user ada",
  dryRun: false,
  now,
  progress: () => {},
};

let database: TestDatabase;
let store: Store;
beforeAll(async () => {
  database = await startTestDatabase(import.meta.filename);
  store = await database.open("erase");
});
afterAll(() => database.close());
beforeEach(() => resetStore(store));

/** Stores the article that its page has in minute `n`. */
async function fetchPage(n: number): Promise<void> {
  const capture = { _id: `capture-${n}`, fetchedAt: minutes(n) };
  const reading = makeReading(url, { capture, fields: { title: TITLE } });
  const link = makeLink(ID, { url, foundUrl: url });
  const page = { link, capture: reading.capture, reading };
  await commitArticles(store, [page], { timezone: "UTC", now: () => minutes(n) });
}

/** Stores a feed that quotes the article's title. */
async function storeFeed(): Promise<void> {
  const bytes = gzipSync(`<rss><channel><item><title>${TITLE}</title></item></channel></rss>`);
  const body = { _id: digest(bytes), bytes, encoding: "gzip" as const, size: 99, storedAt: now() };
  const feed = "https://city.example/feed";
  const of = { _id: "feed", linkId: urlKey(feed), kind: "feed", bodyId: body._id } as const;
  await addCaptures(store, [makeCapture(feed, of)], [body]);
}

test("A body is searched in the charset of each response that has it", async () => {
  await fetchPage(0);
  const bytes = gzipSync(Buffer.from(`<h1>${TITLE}</h1>`, "utf16le"));
  const body = { _id: digest(bytes), bytes, encoding: "gzip" as const, size: 99, storedAt: now() };
  const captures = ["utf-8", "utf-16le", "utf-8"].map((charset, n) =>
    makeCapture(`https://city.example/copy-${n}`, {
      _id: `copy-${n}`,
      linkId: urlKey(`https://city.example/copy-${n}`),
      kind: "listing",
      bodyId: body._id,
      headers: { "content-type": `text/html; charset=${charset}` },
    }),
  );
  await addCaptures(store, captures, [body]);
  const { bodies } = await erase(store, { kind: "article", id: ID }, OPTIONS);
  expect(bodies.withheld).toBe(1);
});

const article = async () => (await getArticles(store, [ID])).get(ID);

test("A second try after an interruption finds what quotes the article, even after upkeep", async () => {
  await fetchPage(0);
  await storeFeed();
  const stopping = (what: string) => {
    if (what === "captures") throw new Error("the process ends");
  };
  const interrupted = erase(store, { kind: "article", id: ID }, { ...OPTIONS, progress: stopping });
  await expect(interrupted).rejects.toThrow("the process ends");
  await eraseAgain(store, now());
  const { bodies } = await erase(store, { kind: "article", id: ID }, OPTIONS);
  expect(bodies.withheld).toBe(1);
  expect(await store.collections.bodies.countDocuments()).toBe(0);
  expect(await article()).toMatchObject({ title: "", status: "retracted" });
});

test("A second try finds what quotes the article if the first one ended with the tombstone", async () => {
  await fetchPage(0);
  await storeFeed();
  const { tombstones } = store.collections;
  const bulkWrite = async (...args: Parameters<typeof tombstones.bulkWrite>) => {
    await tombstones.bulkWrite(...args);
    throw new Error("the process ends");
  };
  const collections = {
    ...store.collections,
    tombstones: Object.create(tombstones, { bulkWrite: { value: bulkWrite } }),
  };
  const interrupted = erase({ ...store, collections }, { kind: "article", id: ID }, OPTIONS);
  await expect(interrupted).rejects.toThrow("the process ends");
  await eraseAgain(store, now());
  const { bodies } = await erase(store, { kind: "article", id: ID }, OPTIONS);
  expect(bodies.withheld).toBe(1);
});

test("Upkeep retracts an article that a turn published again while it was erased", async () => {
  await fetchPage(0);
  await erase(store, { kind: "article", id: ID }, OPTIONS);
  await fetchPage(3);
  await eraseAgain(store, now());
  expect(await article()).toMatchObject({ title: "", status: "retracted" });
  await sequence(store, minutes(90));
  await countUp(store);
  expect((await getDay(store, "all")).articles).toBe(0);
});

test("Upkeep that ends before it has blanked all words continues the next time", async () => {
  await fetchPage(0);
  await erase(store, { kind: "article", id: ID }, OPTIONS);
  await fetchPage(3);
  const edited = { title: "A scandal in the data office" };
  await store.collections.articles.updateOne({ _id: ID }, { $set: { edited } });
  await sequence(store, minutes(90));
  const fingerprints = new Proxy(store.collections.fingerprints, {
    get() {
      throw new Error("the process ends");
    },
  });
  const stopping = { ...store, collections: { ...store.collections, fingerprints } };
  await expect(eraseAgain(stopping, now())).rejects.toThrow("the process ends");
  expect(await store.collections.changes.countDocuments({ "item.title": TITLE })).toBe(1);
  await eraseAgain(store, minutes(60 + 40));
  expect(await article()).toMatchObject({ title: "", text: "", status: "retracted" });
  expect(await article()).not.toHaveProperty("edited");
  expect(await store.collections.changes.countDocuments({ "item.title": TITLE })).toBe(0);
});

test("An erased article can't be reinstated", async () => {
  await fetchPage(0);
  await erase(store, { kind: "article", id: ID }, OPTIONS);
  const author = { actor: "user ada", reason: "retracted by mistake" };
  const outcome = await reinstate(store, { articleId: ID, ...author }, now());
  expect(outcome).toEqual({ problem: "the article was erased" });
  expect(await article()).toMatchObject({ status: "retracted" });
});

test("An article's translation drafts are erased with it", async () => {
  await fetchPage(0);
  const draft = { title: "Der Rat ernennt eine Leiterin", teaser: null, actor: "user ada" };
  await keepDraft(store, { articleId: ID, language: "de", at: now(), ...draft });
  await erase(store, { kind: "article", id: ID }, OPTIONS);
  expect(await draftsOf(store, ID)).toEqual([]);
});

test("The audit log doesn't name an erased article by the title that an editor wrote", async () => {
  await fetchPage(0);
  const word = { field: "wording", language: null, title: "A scandal in the data office" } as const;
  const correction = { articleId: ID, word, actor: "user ada", reason: "clearer" };
  await correct(store, correction, { topics: [], now: now() });
  await erase(store, { kind: "article", id: ID }, OPTIONS);
  const audit = await store.collections.audit.find().toArray();
  expect(JSON.stringify(audit)).not.toContain("scandal");
});
