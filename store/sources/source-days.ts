import { DAY_MS, utcDay } from "../../lib/time.ts";
import type { Capture } from "../../model/crawl/capture.ts";
import type { Run } from "../../model/crawl/outcome.ts";
import type { ResponseCounts, SourceDay, Work } from "../../model/publish/statistics.ts";
import { EPOCH, type Store } from "../store.ts";

/** All requests of a day have ended an hour after the day's end. */
const FINAL_AFTER_MS = DAY_MS + 3_600_000;
const MOST_DAYS = 1100;

export const COUNTED_FIELDS = {
  sourceId: 1,
  fetchedAt: 1,
  status: 1,
  bytes: 1,
  decodedBytes: 1,
  storedBytes: 1,
  shared: 1,
} as const;
export type CountedCapture = Pick<Capture, keyof typeof COUNTED_FIELDS>;

/** Files such as robots.txt and tdmrep.json belong to no source. */
const NO_SOURCE = "robots";
const nameOf = (sourceId: string) => sourceId || NO_SOURCE;

/**
 * Stores the counts of a source's current UTC day. Also stores the counts of the last earlier day
 * with responses, unless that day's counts are already final.
 */
export async function countSourceDays(store: Store, sourceId: string, now: Date): Promise<void> {
  const today = utcDay(now);
  const before = await lastDayBefore(store, sourceId, today);
  if (before && !(await isFinal(store, sourceId, before))) {
    await countSourceDay(store, sourceId, before, now);
  }
  await countSourceDay(store, sourceId, today, now);
}

async function countSourceDay(
  store: Store,
  sourceId: string,
  day: string,
  now: Date,
): Promise<void> {
  const [{ stored, answers }, runs] = await Promise.all([
    responsesOf(store, sourceId, day),
    runsOf(store, sourceId, day),
  ]);
  if (stored.captures === 0 && runs.runs === 0) return;
  const place = `bySource.${nameOf(sourceId)}`;
  const work: Work = { ...answers, ...runs };
  await store.collections.sourceDays.updateOne(
    { _id: day },
    { $set: { day, [`${place}.at`]: now, [`${place}.stored`]: stored, [`${place}.work`]: work } },
    { upsert: true },
  );
}

/**
 * Updates `removed` and `stored` in the counts of the days of removed captures. Skips days without
 * counts.
 */
export async function noteRemoved(store: Store, captures: readonly CountedCapture[]) {
  const gone = new Map<string, { sourceId: string; day: string; counts: ResponseCounts }>();
  for (const capture of captures) {
    const { sourceId } = capture;
    const day = utcDay(capture.fetchedAt);
    const key = `${day} ${sourceId}`;
    const one = gone.get(key) ?? { sourceId, day, counts: emptyResponseCounts() };
    addTo(one.counts, capture);
    gone.set(key, one);
  }
  for (const { sourceId, day, counts } of gone.values()) {
    const place = `bySource.${nameOf(sourceId)}`;
    const { stored } = await responsesOf(store, sourceId, day);
    const more = Object.entries(counts).map(
      ([name, n]) => [`${place}.removed.${name}`, n] as const,
    );
    // There is nothing to subtract from a day that was never counted.
    await store.collections.sourceDays.updateOne(
      { _id: day, [`${place}.at`]: { $gt: EPOCH } },
      { $set: { [`${place}.stored`]: stored }, $inc: Object.fromEntries(more) },
    );
  }
}

/** Returns the counts of the UTC days from `from` to `to` (both included); at most 1,100 days. */
export function readSourceDays(
  { collections: { sourceDays } }: Store,
  from: string,
  to: string,
): Promise<SourceDay[]> {
  return sourceDays
    .find({ day: { $gte: from, $lte: to } })
    .sort({ day: 1 })
    .limit(MOST_DAYS)
    .toArray();
}

async function responsesOf({ collections: { captures } }: Store, sourceId: string, day: string) {
  const stored = emptyResponseCounts();
  const answers = { fine: 0, refused: 0, failed: 0 };
  const found = captures.find({ sourceId, fetchedAt: within(day) }, { projection: COUNTED_FIELDS });
  for await (const capture of found) {
    addTo(stored, capture);
    answers[capture.status < 400 ? "fine" : capture.status < 500 ? "refused" : "failed"]++;
  }
  return { stored, answers };
}

async function runsOf({ collections }: Store, sourceId: string, day: string) {
  const sums = { runs: 0, troubled: 0, created: 0, updated: 0, deadLetters: 0 };
  const projection = { open: 1, counts: 1, problems: 1 };
  const found = collections.runs.find<Pick<Run, "open" | "counts" | "problems">>(
    { sourceId, startedAt: within(day) },
    { projection },
  );
  for await (const { open, counts, problems } of found) {
    if (open) continue;
    const deadLetters = Object.values(counts.deadLetters).reduce((sum, n) => sum + n, 0);
    sums.runs++;
    if (deadLetters > 0 || problems.length > 0) sums.troubled++;
    sums.created += counts.stored;
    sums.updated += counts.updated;
    sums.deadLetters += deadLetters;
  }
  return sums;
}

async function lastDayBefore({ collections: { captures } }: Store, sourceId: string, day: string) {
  const start = new Date(day);
  const month = { $gte: new Date(start.getTime() - 30 * DAY_MS), $lt: start };
  const found = await captures.findOne(
    { sourceId, fetchedAt: month },
    { sort: { fetchedAt: -1 }, projection: { fetchedAt: 1 } },
  );
  return found && utcDay(found.fetchedAt);
}

async function isFinal({ collections }: Store, sourceId: string, day: string): Promise<boolean> {
  const field = `bySource.${nameOf(sourceId)}.at`;
  const found = await collections.sourceDays.findOne({ _id: day }, { projection: { [field]: 1 } });
  const at = found?.bySource?.[nameOf(sourceId)]?.at;
  return at !== undefined && at.getTime() - Date.parse(day) >= FINAL_AFTER_MS;
}

function addTo(
  counts: ResponseCounts,
  { bytes, decodedBytes, storedBytes = 0, shared }: CountedCapture,
): void {
  counts.captures++;
  counts.bytes += bytes;
  counts.decoded += decodedBytes;
  counts[shared ? "spared" : "written"] += storedBytes;
}

function emptyResponseCounts(): ResponseCounts {
  return { captures: 0, bytes: 0, decoded: 0, written: 0, spared: 0 };
}

function within(day: string): { $gte: Date; $lt: Date } {
  return { $gte: new Date(day), $lt: new Date(Date.parse(day) + DAY_MS) };
}
