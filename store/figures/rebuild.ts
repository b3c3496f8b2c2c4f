import { dayIn } from "../../lib/time.ts";
import { headSeq } from "../changes.ts";
import { purgedUntil } from "../purge.ts";
import type { Store } from "../store.ts";
import { figuresReached } from "./count.ts";
import { changesBetween, recountDay } from "./recount.ts";

/** After every day that is written as one. */
const LAST = "9999-12-31";

/** How a rebuild goes about it. */
export interface Rebuild {
  /** IANA zone in which a day is a day. */
  timezone: string;
  now: () => Date;
  /** Told after each day, with how many there are and were. */
  onDay?: (day: string, done: number) => void;
  signal?: AbortSignal;
}

/**
 * Counts the figures of every day anew that still has all of its articles; those of earlier ones stay as
 * they were. Readers and counting go on meanwhile. Stopped and run again, it begins anew.
 */
export async function rebuildFigures(
  store: Store,
  { timezone, now, onDay, signal }: Rebuild,
): Promise<void> {
  const head = await headSeq(store);
  const purged = await purgedUntil(store);
  const from = purged ? dayIn(timezone, purged) : "";
  const done = new Set<string>();
  const recount = async (day: string) => {
    await recountDay(store, day, now());
    done.add(day);
    onDay?.(day, done.size);
  };
  for (let day = from; ; ) {
    if (signal?.aborted) return;
    const next = await nextDay(store, day);
    if (next === null) break;
    day = next;
    await recount(day);
  }
  // What left its day before that was looked at is taken away there, so that day has to be known.
  for await (const { before } of changesBetween(store, head)) {
    if (before && before.day > from && !done.has(before.day)) await recount(before.day);
  }
  await figuresReached(store, head);
}

/** The next day that has articles or figures; null where none follows. */
async function nextDay({ collections }: Store, after: string): Promise<string | null> {
  const later = { day: { $gt: after, $lte: LAST } };
  const sort = { sort: { day: 1 }, projection: { day: 1 } } as const;
  const [article, figure] = await Promise.all([
    collections.articles.findOne(later, sort),
    collections.figures.findOne({ by: "state", ...later }, sort),
  ]);
  return [article?.day, figure?.day].filter((day) => day !== undefined).toSorted()[0] ?? null;
}
