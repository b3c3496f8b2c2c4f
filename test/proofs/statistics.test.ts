import { afterAll, beforeAll, expect, test } from "vitest";
import { blankArticles, hideArticles } from "../../articles/erasure/blank.ts";
import { writeOf } from "../../articles/revisions/draft.ts";
import { sequence } from "../../articles/stream/sequencer.ts";
import { dayIn } from "../../lib/time.ts";
import { type Article, type ArticleStatus, toBefore } from "../../model/articles/article.ts";
import { purgeArticles } from "../../store/archive/retention.ts";
import { getArticles, writeArticles } from "../../store/articles/articles.ts";
import {
  countedKeys,
  countStatistics,
  readStatisticsSeq,
  rebuildStatistics,
  recountDay,
} from "../../store/statistics/count.ts";
import type { Store } from "../../store/store.ts";
import { makeArticle } from "../helpers/articles.ts";
import { startTestDatabase, type TestDatabase } from "../helpers/database.ts";
import { isVerify } from "../helpers/size.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await startTestDatabase(import.meta.filename);
});
afterAll(() => database.close());

const NOW = new Date("2026-11-26T12:00:00Z");
const now = () => NOW;
/** Of articles that are as `makeArticle` makes them. */
const { day: DAY } = makeArticle("any");
/** Rounds of edits, and articles that they are done to. */
const ROUNDS = isVerify ? 40 : 4;
const IDS = Array.from({ length: isVerify ? 60 : 16 }, (_, n) => `a${n}`);

/** The same numbers for the same seed, 0 to 1. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state / 2_147_483_648;
  };
}

/** Somebody who does to articles what can be done to them, in an order that his numbers give. */
function editor(store: Store, random: () => number) {
  const one = <T>(from: readonly T[]) => from[Math.floor(random() * from.length)] as T;
  return async function step(): Promise<void> {
    const id = one(IDS);
    const before = (await getArticles(store, [id])).get(id) ?? null;
    if (before?.contentHash === "") return;
    const kind = random();
    if (before && kind < 0.05) {
      await hideArticles(store, [id], NOW);
      return blankArticles(store, [id], NOW);
    }
    const seenAt = before?.firstSeenAt ?? new Date(NOW.getTime() - random() * 4 * 86_400_000);
    const publishedAt = new Date(seenAt.getTime() - random() ** 4 * 9 * 86_400_000);
    const origin = { sourceId: one(["wire", "other"]), after: Math.round(random() * 9000) };
    const copies = random() < 0.4;
    const after: Article = makeArticle(id, {
      ...before,
      version: (before?.version ?? 0) + 1,
      sourceId: before?.sourceId ?? one(["wire", "other", "third"]),
      status: one<ArticleStatus>(["published", "published", "unlisted", "retracted"]),
      topics: one([["smart-city"], ["egov", "open.data$"], []]),
      country: one(["DE", "FR", null]),
      regionCode: one(["DE-HH", null]),
      city: one(["Hamburg", null]),
      language: one(["en", "de"]),
      publishedAt,
      publishedPrecision: one<Article["publishedPrecision"]>(["instant", "day"]),
      duplicateOf: copies ? "first" : null,
      origin: copies ? origin : null,
      firstSeenAt: seenAt,
      sortAt: publishedAt,
      day: dayIn("UTC", publishedAt),
    });
    await writeArticles(store, [writeOf(after, before, before ? "updated" : "created", NOW)]);
  };
}

/** Moves what waits into the stream, and counts it in pieces. */
async function catchUp(store: Store, piece = 7): Promise<void> {
  while ((await sequence(store, NOW)) > 0);
  for (
    let at = await readStatisticsSeq(store);
    at !== null;
    at = await countStatistics(store, at, piece)
  );
}

/** What is counted, by figure, without those that come to nothing. */
async function counted(store: Store): Promise<Record<string, Record<string, number>>> {
  const statistics = await store.collections.statistics.find({}).toArray();
  const some = statistics.filter(({ counts }) => Object.keys(counts).length > 0);
  return Object.fromEntries(some.map(({ _id, counts }) => [_id, counts]));
}

/** The same by going over all articles. */
async function recounted(store: Store): Promise<Record<string, Record<string, number>>> {
  const all: Record<string, Record<string, number>> = {};
  for (const article of await store.collections.articles.find({}).toArray()) {
    const visible = toBefore(article);
    for (const [by, key] of countedKeys(visible)) {
      const counts = (all[`${visible.day} ${by}`] ??= {});
      const name = key.replaceAll(".", "%2e").replaceAll("$", "%24");
      counts[name] = (counts[name] ?? 0) + 1;
    }
  }
  return all;
}

test("statistics are what a recount of all articles gives, whatever was done to them and whoever counts", async () => {
  const store = await database.open("equal");
  const step = editor(store, numbers(7));
  await rebuildStatistics(store, { timezone: "UTC", now });
  for (let round = 0; round < ROUNDS; round++) {
    for (let n = 0; n < 8; n++) await step();
    const day = dayIn("UTC", new Date(NOW.getTime() - (round % 5) * 86_400_000));
    // Two that count, one that counts a day anew, and the editor goes on.
    const others = [catchUp(store, 3), catchUp(store), recountDay(store, day, NOW)];
    for (let n = 0; n < 4; n++) await step();
    await Promise.all(others);
  }
  await catchUp(store);
  const all = await counted(store);
  expect(Object.keys(all).length).toBeGreaterThan(10);
  expect(all).toEqual(await recounted(store));
  await rebuildStatistics(store, { timezone: "UTC", now });
  expect(await counted(store)).toEqual(all);
});

/** A store in which something happens once the articles of a day were read. */
function whileRead(store: Store, happens: () => Promise<void>): Store {
  const { articles } = store.collections;
  const find = (...[filter, options]: Parameters<typeof articles.find>) => {
    const found = articles.find(filter, options);
    if (!("day" in filter)) return found;
    const read = async function* () {
      yield* await found.toArray();
      await happens();
    };
    return read();
  };
  const changing = Object.assign(Object.create(articles) as typeof articles, { find });
  return { ...store, collections: { ...store.collections, articles: changing } };
}

test("what is changed and counted while a day is counted anew is in it once", async () => {
  const store = await database.open("meanwhile");
  await rebuildStatistics(store, { timezone: "UTC", now });
  const write = async (country: string) => {
    const before = (await getArticles(store, ["a"])).get("a") ?? null;
    const article = makeArticle("a", { ...before, country, version: (before?.version ?? 0) + 1 });
    await writeArticles(store, [writeOf(article, before, before ? "updated" : "created", NOW)]);
  };
  await write("DE");
  await catchUp(store);
  await recountDay(
    whileRead(store, () => write("FR").then(() => catchUp(store))),
    DAY,
    NOW,
  );
  expect(await counted(store)).toEqual(await recounted(store));
});

test("statistics outlive the articles whose keeping time is over, also where they are made anew", async () => {
  const store = await database.open("purged");
  const step = editor(store, numbers(11));
  for (let n = 0; n < 20; n++) await step();
  await catchUp(store);
  await rebuildStatistics(store, { timezone: "UTC", now });
  const before = await counted(store);
  const until = new Date(NOW.getTime() - 2.5 * 86_400_000);
  const gone = await purgeArticles(store, until, { limit: 1000, at: NOW });
  expect(gone).toBeGreaterThan(2);
  await rebuildStatistics(store, { timezone: "UTC", now });
  expect(await counted(store)).toEqual(before);
});

test("statistics that were lost, or changed by hand, are made anew", async () => {
  const store = await database.open("anew");
  const step = editor(store, numbers(3));
  for (let n = 0; n < 12; n++) await step();
  await catchUp(store);
  await rebuildStatistics(store, { timezone: "UTC", now });
  const right = await counted(store);
  await store.collections.statistics.updateMany(
    { by: "state" },
    { $set: { "counts.wire listed": 99 } },
  );
  await store.collections.statistics.deleteMany({ by: "language" });
  const days: string[] = [];
  await rebuildStatistics(store, { timezone: "UTC", now, onDay: (day) => days.push(day) });
  expect(await counted(store)).toEqual(right);
  expect(days).toEqual(days.toSorted());
});
