import { chunksOf } from "../../lib/async.ts";
import { MINUTE_MS } from "../../lib/time.ts";
import type { Run } from "../../model/crawl/outcome.ts";
import { newCoverage } from "../../model/sources/coverage.ts";
import type { SourceRecord } from "../../model/sources/source.ts";
import type { Declared } from "../../model/sources/version.ts";
import { emptyCounts, newRun } from "../../store/crawl/runs.ts";
import type { Store } from "../../store/store.ts";
import { fillPublished } from "../publish/fill.ts";
import { toRecords } from "./towns.ts";

const BATCH_SIZE = 50;
export const MULTI_PAGE_ROWS = 150;

export function share(articles: number, part: number): number {
  return Math.max(MULTI_PAGE_ROWS, Math.floor(articles / part));
}

type Many<T> = { insertMany(documents: T[]): Promise<unknown> };

/** Writes `count` documents in batches that the embedded database can handle. */
export async function fill<T>(into: Many<T>, count: number, make: (n: number) => T): Promise<void> {
  for (let from = 0; from < count; from += BATCH_SIZE) {
    const length = Math.min(BATCH_SIZE, count - from);
    await into.insertMany(Array.from({ length }, (_, index) => make(from + index)));
  }
}

export async function fillSources(
  store: Store,
  { towns, articles }: { towns: readonly Declared[]; articles: number },
): Promise<void> {
  await fillPublished(store, articles);
  const { sources, runs, quality, coverage, versions } = store.collections;
  const now = new Date();
  const there = await sources.countDocuments();
  // The measured pages show the first source.
  const made = toRecords(towns.slice(0, Math.max(1, towns.length - there)), now);
  for (const some of chunksOf(made, BATCH_SIZE)) await sources.insertMany(some);
  const [first] = made;
  if (!first) return;
  await versions.insertMany(
    towns.map(({ source, yaml }) => ({
      _id: `${source.id}:1`,
      sourceId: source.id,
      version: 1,
      at: now,
      actor: "start",
      reason: null,
      source,
      yaml,
    })),
  );
  // Runs are half an hour apart, and the first source has a long history.
  const rounds = Math.ceil(articles / 20_000);
  await fill(runs, made.length * rounds, (n) => {
    const source = made[n % made.length] ?? first;
    return endedRun(source, `${source._id}-${Math.floor(n / made.length) + 1}`, {
      startedAt: new Date(now.getTime() - n * 2000),
    });
  });
  await fill(runs, share(articles, 50), (n) =>
    endedRun(first, `${first._id}-before-${n}`, {
      startedAt: new Date(now.getTime() - (n + 1) * 30 * MINUTE_MS),
    }),
  );
  await fill(quality, made.length, (n) => {
    const counts = { articles: 40, fieldScore: 31, fields: { title: 40, publishedAt: 38 } };
    return { _id: made[n]?._id ?? "", current: counts, previous: counts };
  });
  const objective = { share: 0.99, within: 30 * MINUTE_MS };
  await fill(coverage, made.length, (n) => {
    const blank = newCoverage(made[n]?._id ?? "", { since: now, nextProbeAt: now, objective, now });
    const counts = { ...blank.total, inTime: 30 - (n % 9), missing: n % 9 };
    const days = [{ day: now.toISOString().slice(0, 10), ...counts }];
    return { ...blank, days, total: counts, recent: counts };
  });
}

function endedRun(source: SourceRecord, _id: string, { startedAt }: { startedAt: Date }): Run {
  const { openOf: _, ...run } = newRun(source, { _id, trigger: "schedule", startedAt });
  return {
    ...run,
    open: false,
    finishedAt: new Date(startedAt.getTime() + 20_000),
    counts: { ...emptyCounts(), links: 12, stored: 3 },
  };
}
