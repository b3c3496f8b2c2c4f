import { afterAll, beforeAll, expect, test } from "vitest";
import { sequence } from "../../articles/stream/sequencer.ts";
import { headSeq, readChanges } from "../../store/publish/changes.ts";
import { ALL_DAYS, countUp, getDay } from "../../store/publish/counters.ts";
import type { Store } from "../../store/store.ts";
import { write } from "../helpers/article-writes.ts";
import { startTestDatabase, type TestDatabase } from "../helpers/database.ts";
import { endProcess, ProcessEnded, withFaults } from "../helpers/faults.ts";
import { streamProblems } from "../helpers/outcome.ts";
import { SIZE } from "../helpers/size.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await startTestDatabase(import.meta.filename);
});
afterAll(() => database.close());

/** The store as a process sees it that ends now and then between two steps of the sequencer. */
function dying(store: Store, chance: () => number): Store {
  const log = store.collections.changes;
  // After the append, before the changes are taken off.
  const articles = withFaults(store.collections.articles, {
    updateMany: () => (chance() < 0.5 ? endProcess : undefined),
  });
  // In the middle of the append.
  const half: typeof log.insertMany = async (rows) => {
    await log.insertMany(rows.slice(0, Math.ceil(rows.length / 2)), { ordered: true });
    return endProcess();
  };
  const changes = withFaults(log, { insertMany: () => (chance() < 0.3 ? half : undefined) });
  return { ...store, collections: { ...store.collections, articles, changes } };
}

function seededChance(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

test("20 writers and 3 racing sequencers that die in between: nothing lost, doubled or out of order", {
  timeout: SIZE.patience,
}, async () => {
  const store = await database.open("race");
  const ids = Array.from({ length: SIZE.changedArticles }, (_, n) => `a${n}`);
  const written = new Map<string, string>();
  const writing = new AbortController();

  const writers = Array.from({ length: 20 }, async (_, writer) => {
    for (let round = 0; round < SIZE.changes / 20; round++) {
      const id = ids[(writer + round * 3) % ids.length] ?? "";
      const text = `${writer}.${round}`;
      const version = await write(store, id, text, `2026-11-2${round % 4}`);
      written.set(`${id}:${version}`, text);
    }
  });
  let deaths = 0;
  const sequencers = [11, 22, 33].map(async (seed) => {
    const process = dying(store, seededChance(seed));
    while (!writing.signal.aborted) {
      try {
        await sequence(process, new Date());
        await countUp(process, 7);
      } catch (error) {
        if (!(error instanceof ProcessEnded)) throw error;
        deaths++;
      }
    }
  });
  await Promise.all(writers);
  writing.abort();
  await Promise.all(sequencers);
  expect(deaths).toBeGreaterThan(2);

  while ((await sequence(store, new Date(Date.now() + 1000))) > 0);
  expect(await streamProblems(store)).toEqual([]);
  expect(await headSeq(store)).toBe(SIZE.changes);
  const reported = new Map<string, string>();
  for (let seq = 0; seq < SIZE.changes; seq += 1000) {
    for (const { articleId, version, item } of await readChanges(store, seq, 1000)) {
      reported.set(`${articleId}:${version}`, item.title);
    }
  }
  expect(reported).toEqual(written);
  const left = await store.collections.articles.countDocuments({ pendingAt: { $exists: true } });
  expect(left).toBe(0);

  while ((await countUp(store)) > 0);
  expect(await getDay(store, ALL_DAYS)).toMatchObject({ articles: ids.length, seq: SIZE.changes });
  const articles = await store.collections.articles.find().toArray();
  for (const day of ["2026-11-20", "2026-11-21", "2026-11-22", "2026-11-23"]) {
    const there = articles.filter((article) => article.day === day).length;
    expect(await getDay(store, day)).toMatchObject({ articles: there });
  }
});
