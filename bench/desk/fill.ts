import { piecesOf } from "../../lib/pieces.ts";
import { Source } from "../../model/source.ts";
import { addRuns, closeRuns, emptyCounts, newRun } from "../../store/runs.ts";
import { recordOf } from "../../store/sources.ts";
import type { Store } from "../../store/store.ts";
import { fillPublished } from "../publish/fill.ts";

const HOUR = 3_600_000;
/** Schedules of the sources, in turn. */
const SCHEDULES = [
  { every: "30m" },
  { cron: "*/15 * * * *", timezone: "Europe/Berlin" },
  { adaptive: { min: "10m", max: "6h" } },
  { cron: "7 6-22 * * 1-6", timezone: "America/New_York" },
];

/** Fills a store with articles, and with sources that stand in every way there is. */
export async function fillDesk(
  store: Store,
  size: { sources: number; articles: number },
): Promise<void> {
  await fillPublished(store, size.articles);
  const now = new Date();
  const there = await store.collections.sources.countDocuments();
  // Pages are asked about the first of them.
  const made = Array.from({ length: Math.max(1, size.sources - there) }, (_, n) => {
    const declared = Source.parse({
      id: `town-${n}`,
      name: `Town ${n}`,
      feeds: [`https://town-${n}.example/rss`],
      schedule: SCHEDULES[n % SCHEDULES.length],
    });
    const seen = new Date(now.getTime() - HOUR);
    return {
      ...recordOf(declared),
      checksum: `${n}`,
      nextDueAt: new Date(now.getTime() + (n % 60) * 60_000),
      lastAttemptAt: seen,
      lastSuccessAt: seen,
      lastNewArticleAt: seen,
      arrivals: { items: 20, hours: 100 },
      ...(n % 50 === 0 && { failures: 4, lastProblem: "2 × timeout" }),
    };
  });
  await store.collections.sources.insertMany(made);
  const runs = made.slice(0, 300).map((source) => {
    const started = { trigger: "schedule" as const, startedAt: new Date(now.getTime() - HOUR) };
    return newRun(source, { _id: `${source._id}-1`, ...started });
  });
  const counts = { ...emptyCounts(), links: 12, stored: 3 };
  for (const some of piecesOf(runs, 50)) {
    await addRuns(store, some);
    await closeRuns(
      store,
      some.map((run) => ({ run, counts })),
      now,
    );
  }
}
