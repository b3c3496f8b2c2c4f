import { COUNTED_BY } from "../../model/publish/statistics.ts";
import { countSourceDays, readSourceDays } from "../../store/sources/source-days.ts";
import { countStatistics, recountDay, statisticsId } from "../../store/statistics/count.ts";
import { readStatistic } from "../../store/statistics/read.ts";
import type { Store } from "../../store/store.ts";
import { before, NOW } from "./full-store.ts";

const dayOf = (days: number) =>
  before(days * 24 * 60)
    .toISOString()
    .slice(0, 10);
const query = { rows: "total", from: dayOf(30), to: dayOf(0), top: 10 } as const;

/** Fills the statistics of this many days. */
export async function fillStatistics({ collections }: Store, days: number): Promise<void> {
  await collections.statistics.insertMany(
    Array.from({ length: days }, (_, n) => n).flatMap((n) =>
      COUNTED_BY.map((dimension) => {
        const day = dayOf(n);
        return { _id: statisticsId(day, dimension), day, dimension, seq: 1, counts: { "s1 5": 1 } };
      }),
    ),
  );
}

/** Fills the source days of this many days. */
export async function fillSourceDays({ collections }: Store, days: number): Promise<void> {
  await collections.sourceDays.insertMany(
    Array.from({ length: days }, (_, n) => ({ _id: dayOf(n), day: dayOf(n), bySource: {} })),
  );
}

/** The functions that count and read statistics. */
export const STATISTICS_VERBS: [string, (store: Store) => Promise<unknown>][] = [
  ["countStatistics", (store) => countStatistics(store, 5, 20)],
  ["recountDay", (store) => recountDay(store, dayOf(3), NOW)],
  ["readStatistic", (store) => readStatistic(store, { name: "flows", ...query })],
  ["readSourceDays", (store) => readSourceDays(store, dayOf(30), dayOf(0))],
  ["countSourceDays", (store) => countSourceDays(store, "s3", NOW)],
];
