import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Logger } from "../../../../config/logger.ts";
import { urlKey } from "../../../../crawler/links/url.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS } from "../../../../lib/time.ts";
import type { Link } from "../../../../model/crawl/link.ts";
import { budgetOf } from "../../../../model/sources/coverage.ts";
import { followWitnessed } from "../../../../sources/coverage/backfill.ts";
import { checkCoverage } from "../../../../sources/coverage/check.ts";
import { coverageTroubles } from "../../../../sources/health/alarms.ts";
import { getCoverage, listCoverage } from "../../../../store/sources/coverage.ts";
import type { Store } from "../../../../store/store.ts";
import { makeArticle, makeSource } from "../../../helpers/articles.ts";
import { countCommands } from "../../../helpers/commands.ts";
import { startTestDatabase, type TestDatabase } from "../../../helpers/database.ts";
import { makeLink } from "../../../helpers/links.ts";

const START = new Date("2026-11-28T06:00:00Z");
const FEED = makeLink("feed", {
  kind: "feed",
  foundUrl: "https://town.example/feed",
  parentId: null,
});

let database: TestDatabase;
let store: Store;
let now = START;
beforeAll(async () => {
  database = await startTestDatabase(import.meta.filename);
  store = await database.open("coverage");
});
afterAll(() => database.close());
beforeEach(async () => {
  const { sources, links, articles, coverage, runs, hosts, aliases } = store.collections;
  const all = [sources, links, articles, coverage, runs, hosts, aliases];
  await Promise.all(all.map((one) => one.deleteMany({})));
  now = START;
  warnings = [];
  await sources.insertOne(makeSource("town"));
  await links.insertOne({ ...FEED, sourceId: "town", state: "done", dueAt: null });
  await check();
});

const later = (ms: number) => (now = new Date(now.getTime() + ms));
const settings = { coverage: { share: 0.99, within: 30 * MINUTE_MS } };
let warnings: unknown[] = [];
const log = {
  info: () => {},
  warn: (fields: unknown) => void warnings.push(fields),
} as unknown as Pick<Logger, "info" | "warn">;
const check = (from = store) =>
  checkCoverage({ store: from, now: () => now, log, settings, noteProgress: () => {} });
const coverage = async () => {
  const found = await getCoverage(store, "town");
  if (!found) throw new Error("town isn't counted");
  return found;
};
const urlOf = (name: string) => `https://town.example/news/${name}`;
const keyOf = (name: string) => urlKey(urlOf(name));

/** The link of an article that the feed names now. */
function announced(name: string, fields: Partial<Link> = {}): Link {
  const link = makeLink(keyOf(name), { sourceId: "town", parentId: "feed", firstSeenAt: now });
  return { ...link, foundUrl: urlOf(name), ...fields };
}

/** The feed names an article, now. */
async function announce(name: string, fields: Partial<Link> = {}): Promise<void> {
  await store.collections.links.insertOne(announced(name, fields));
}

/** Readers find the article that a link leads to, now. */
async function publish(name: string): Promise<void> {
  const { articles, links } = store.collections;
  const times = { firstSeenAt: now, servedAt: now, publishedAt: now };
  await articles.insertOne(makeArticle(keyOf(name), { sourceId: "town", ...times }));
  const done = { state: "done", dueAt: null, articleId: keyOf(name), reason: null } as const;
  await links.updateOne({ _id: keyOf(name) }, { $set: done });
}

describe("The coverage of a source", () => {
  test("An announcement is counted once its time is over", async () => {
    await announce("one");
    await publish("one");
    later(29 * MINUTE_MS);
    await check();
    expect((await coverage()).total.inTime).toBe(0);
    later(15 * MINUTE_MS);
    await check();
    expect((await coverage()).total).toMatchObject({ inTime: 1, late: 0, missing: 0 });
  });

  test("Counting again changes nothing", async () => {
    await announce("one");
    later(HOUR_MS);
    await check();
    later(HOUR_MS / 2);
    await check();
    expect((await coverage()).total).toMatchObject({ inTime: 0, late: 0, missing: 1 });
  });

  /** The feed names 1,001 articles, each so many ms after the one before. */
  async function announceMany(gapMs: number): Promise<number> {
    const links = Array.from({ length: 1001 }, (_, n) =>
      announced(`${n}`, { firstSeenAt: new Date(now.getTime() + n * gapMs) }),
    );
    return (await store.collections.links.insertMany(links)).insertedCount;
  }

  test("What is too much for one check is counted by the next one, at once", async () => {
    const count = await announceMany(1);
    later(HOUR_MS);
    await check();
    const first = await coverage();
    expect(first.total.missing).toBe(999);
    expect(first.nextCheckAt).toEqual(now);
    await check();
    const { countedUntil, total, nextCheckAt } = await coverage();
    expect(total.missing).toBe(count);
    expect(countedUntil).toEqual(new Date(now.getTime() - 30 * MINUTE_MS));
    expect(nextCheckAt.getTime()).toBeGreaterThan(now.getTime());
  });

  test("What was announced in one moment is counted by one check, however much there is", async () => {
    const count = await announceMany(0);
    later(HOUR_MS);
    await check();
    expect((await coverage()).total.missing).toBe(count);
  });

  test("Missing articles beyond the 1,000 listed ones are judged every hour", async () => {
    await announce("first");
    later(1);
    await announceMany(1);
    later(HOUR_MS);
    await check();
    await check();
    expect((await coverage()).total.missing).toBe(1002);
    await publish("first");
    await publish("1000");
    later(5 * MINUTE_MS);
    await check();
    expect((await coverage()).total).toMatchObject({ missing: 1001, late: 1 });
    later(HOUR_MS);
    await check();
    const { gaps, total } = await coverage();
    expect(total).toMatchObject({ missing: 1000, late: 2 });
    expect(gaps.at(-1)).toMatchObject({ url: urlOf("0"), reason: "waiting" });
  });

  test("Pages of one article and entry points aren't counted", async () => {
    await announce("two", { articlePageOf: { linkId: "x", number: 2 } });
    await announce("list", { kind: "listing" });
    later(HOUR_MS);
    await check();
    expect((await coverage()).total).toMatchObject({ inTime: 0, late: 0, missing: 0 });
  });

  test("Two processes that count at once count once", async () => {
    await announce("one");
    later(HOUR_MS);
    await Promise.all([check(), check()]);
    expect((await coverage()).total.missing).toBe(1);
  });

  test("A source that can't be counted stops no other one, and is tried again an hour later", async () => {
    await announce("one");
    later(HOUR_MS);
    await store.collections.sources.insertOne(makeSource("broken"));
    const broken = { ...(await coverage()), _id: "broken", gaps: null as unknown as [] };
    await store.collections.coverage.insertOne({ ...broken, nextCheckAt: START });
    await check();
    expect((await coverage()).total.missing).toBe(1);
    expect(warnings).toMatchObject([{ sourceId: "broken", err: expect.any(Error) as Error }]);
    const { nextCheckAt } = (await getCoverage(store, "broken")) ?? {};
    expect(nextCheckAt).toEqual(new Date(now.getTime() + HOUR_MS));
  });

  test("A new source is counted at once, although few checks read the ids of all sources", async () => {
    const counted = await countCommands(store);
    const readsIds = async () => {
      counted.reset();
      await check(counted.store);
      return counted.commands().includes("find sources");
    };
    expect([await readsIds(), await readsIds()]).toEqual([true, false]);
    await store.collections.sources.insertOne(makeSource("village"));
    expect(await readsIds()).toBe(true);
    expect(await getCoverage(store, "village")).not.toBeNull();
    await counted.close();
  });

  test("A source may have an objective of its own", async () => {
    const own = { objective: 0.5, within: 2 * MINUTE_MS };
    await store.collections.sources.updateOne({ _id: "town" }, { $set: { coverage: own } });
    await announce("one");
    later(10 * MINUTE_MS);
    await publish("one");
    later(10 * MINUTE_MS);
    await check();
    const { total, objective } = await coverage();
    expect([total.late, objective.share]).toEqual([1, 0.5]);
  });
});

describe("A missing article", () => {
  const lost = { state: "dead-letter", dueAt: null, reason: "timeout", attempts: 5 } as const;
  const troubles = async () =>
    coverageTroubles(
      await listCoverage(store),
      await store.collections.sources.find().toArray(),
      now,
    ).map(({ cause }) => cause);

  test("It is listed with the feed that named it and the reason", async () => {
    await announce("one", { ...lost, hints: { title: "One" } });
    later(HOUR_MS);
    await check();
    expect((await coverage()).gaps).toMatchObject([
      {
        url: urlOf("one"),
        title: "One",
        namedBy: ["https://town.example/feed"],
        reason: "timeout",
        why: "given up (attempts: 5): timeout",
      },
    ]);
  });

  test("Two processes that count at once fetch it once", async () => {
    await announce("one", lost);
    later(HOUR_MS);
    await check();
    later(HOUR_MS);
    const [first, second] = await Promise.all([check(), check()]);
    expect(first + second).toBe(1);
    expect((await coverage()).gaps).toMatchObject([{ backfills: 1 }]);
  });

  test("It is fetched again, and an alarm lasts until readers find it", async () => {
    await announce("one", lost);
    later(HOUR_MS);
    await check();
    expect(await troubles()).toEqual(["coverage-missing"]);
    later(HOUR_MS);
    expect(await check()).toBe(1);
    const link = await store.collections.links.findOne({ _id: keyOf("one") });
    expect(link).toMatchObject({ state: "due", dueAt: now, attempts: 0 });
    const host = await store.collections.hosts.findOne({ _id: "town.example" });
    expect(host?.nextTurnAt.http).toEqual(now);
    await publish("one");
    later(HOUR_MS);
    await check();
    const { gaps, total, objective } = await coverage();
    expect([gaps, total.late]).toEqual([[], 1]);
    expect(budgetOf(total, objective).covered).toBe(1);
    expect(await troubles()).toEqual([]);
  });

  test("It is left alone while its source is paused", async () => {
    await announce("one", lost);
    later(HOUR_MS);
    await check();
    const paused = { reason: "for now" };
    await store.collections.sources.updateOne({ _id: "town" }, { $set: { paused } });
    later(HOUR_MS);
    expect([await check(), await troubles()]).toEqual([0, []]);
  });

  test("Several that are late open an alarm for two days", async () => {
    for (const name of ["one", "two", "three"]) await announce(name);
    later(HOUR_MS);
    for (const name of ["one", "two", "three"]) await publish(name);
    await check();
    expect(await troubles()).toEqual(["coverage-late"]);
    later(2 * DAY_MS);
    await check();
    expect(await troubles()).toEqual([]);
  });
});

describe("A URL that only a witness named", () => {
  const witnessed = async () => {
    const source = makeSource("town");
    const url = {
      key: keyOf("one"),
      url: urlOf("one"),
      title: null,
      namedBy: ["https://b.example/"],
    };
    await followWitnessed(store, source, [url], now);
  };

  test("It is fetched, and counts as late once it is a new article", async () => {
    await witnessed();
    const link = await store.collections.links.findOne({ _id: keyOf("one") });
    expect(link).toMatchObject({ state: "due", dueAt: now, foundUrl: urlOf("one") });
    await publish("one");
    await store.collections.articles.updateOne(
      { _id: keyOf("one") },
      { $set: { publishedAt: new Date(now.getTime() - 50 * MINUTE_MS) } },
    );
    later(HOUR_MS);
    await check();
    expect((await coverage()).total).toMatchObject({ inTime: 0, late: 1, missing: 0 });
  });

  test("It counts however long its page takes", async () => {
    await witnessed();
    later(HOUR_MS);
    await check();
    await publish("one");
    later(HOUR_MS);
    await check();
    await check();
    expect((await coverage()).total).toMatchObject({ inTime: 1, late: 0, missing: 0 });
    expect((await coverage()).awaited).toEqual([]);
  });

  test("It counts as nothing where no article comes of it", async () => {
    await witnessed();
    later(HOUR_MS);
    await check();
    expect((await coverage()).total).toMatchObject({ inTime: 0, late: 0, missing: 0 });
  });
});
