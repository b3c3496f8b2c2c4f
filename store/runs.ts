import type { Link } from "../model/link.ts";
import type { Run, RunCounts } from "../model/run.ts";
import type { SourceRecord } from "../model/source.ts";
import { ignoreDuplicates, insertedBefore } from "./errors.ts";
import { trafficOfRuns } from "./run-history.ts";
import { EPOCH, type Store } from "./store.ts";

/** A run of a source that has done nothing yet, open from `startedAt` on. */
export function newRun(
  { _id: sourceId, version: sourceVersion }: Pick<SourceRecord, "_id" | "version">,
  given: Pick<Run, "_id" | "trigger" | "startedAt"> & Partial<Pick<Run, "first">>,
): Run {
  const nothing = { finishedAt: null, counts: emptyCounts(), problems: [] };
  const run = { sourceId, sourceVersion, first: false, open: true, ...nothing, ...given };
  return BESIDE.has(given.trigger) ? run : { ...run, openOf: sourceId };
}

/** Triggers of runs that may be open beside the one that reads the source's entry points. */
const BESIDE = new Set<Run["trigger"]>(["backfill", "replay", "revisit"]);

/** Opens runs; opening one again (same `_id`) changes nothing. */
export async function addRuns(store: Store, runs: Run[]): Promise<void> {
  if (runs.length === 0) return;
  await ignoreDuplicates(store.collections.runs.insertMany(runs, { ordered: false }));
}

/**
 * Opens runs of sources' entry points; returns the id of each source's open run. That is another one where
 * a run was opened before and its source never taken: it starts now. A source whose run is being closed is
 * missing: the next tick opens its run.
 */
export async function openSourceRuns(
  store: Store,
  opening: readonly Run[],
): Promise<Map<string, string>> {
  const { runs } = store.collections;
  const taken = await insertedBefore(runs.insertMany([...opening], { ordered: false }));
  const own = opening.filter((_, index) => !taken.has(index));
  const ids = new Map(own.map(({ _id, sourceId }) => [sourceId, _id]));
  if (taken.size === 0) return ids;
  const wanted = new Map(opening.map((run) => [run.sourceId, run]));
  const others = opening.filter((_, index) => taken.has(index));
  const open = await runs
    .find({ openOf: { $in: others.map(({ sourceId }) => sourceId) } })
    .toArray();
  for (const { _id, sourceId, startedAt } of open) {
    const run = wanted.get(sourceId);
    if (!run) continue;
    if (run._id === _id || (await startAgain(store, { _id, startedAt }, run.startedAt))) {
      ids.set(sourceId, _id);
    }
  }
  return ids;
}

/** Starts an open run at another time; false when it was closed, or started again, since it was read. */
async function startAgain(
  { collections: { runs } }: Store,
  { _id, startedAt }: Pick<Run, "_id" | "startedAt">,
  now: Date,
): Promise<boolean> {
  const filter = { _id, open: true, startedAt };
  return (await runs.updateOne(filter, { $set: { startedAt: now } })).matchedCount > 0;
}

export function getRun(store: Store, id: string): Promise<Run | null> {
  return store.collections.runs.findOne({ _id: id });
}

/** Newest runs among which one of entry points is looked for. */
const RECENT = 50;

/** The newest run of a source's entry points since a time; null when there is none yet. */
export async function lastRun(store: Store, sourceId: string, since: Date): Promise<Run | null> {
  const horizon = new Date(Date.now() + 60_000);
  const runs = await store.collections.runs
    .find({ sourceId, startedAt: { $gte: since, $lte: horizon } })
    .sort({ startedAt: -1 })
    .limit(RECENT)
    .toArray();
  return runs.find(({ trigger }) => trigger !== "revisit") ?? null;
}

/** Runs that are open, oldest first. */
export function openRuns(store: Store, now: Date, limit: number): Promise<Run[]> {
  return store.collections.runs
    .find({ open: true, startedAt: { $gt: EPOCH, $lte: now } })
    .sort({ startedAt: 1 })
    .limit(limit)
    .toArray();
}

/** Closes runs with their final counts, and what they cost; leaves one that was started again since it was read. */
export async function closeRuns(
  store: Store,
  closed: readonly { run: Run; counts: RunCounts }[],
  now: Date,
): Promise<void> {
  if (closed.length === 0) return;
  const runs = closed.map(({ run }) => ({ ...run, finishedAt: now }));
  const traffic = await trafficOfRuns(store, runs);
  await store.collections.runs.bulkWrite(
    closed.map(({ run: { _id, startedAt }, counts }) => ({
      updateOne: {
        filter: { _id, open: true, startedAt },
        update: {
          $unset: { openOf: "" },
          $set: { open: false, finishedAt: now, counts, traffic: traffic.get(_id) ?? NO_TRAFFIC },
        },
      },
    })),
    { ordered: false },
  );
}

const NO_TRAFFIC = { requests: 0, bytes: 0 };

/** Notes what was odd in a run; at most 50 different ones are kept. */
export async function noteProblems(store: Store, id: string, problems: string[]): Promise<void> {
  if (problems.length === 0) return;
  await store.collections.runs.updateOne(
    { _id: id, "problems.49": { $exists: false } },
    { $addToSet: { problems: { $each: problems.slice(0, 50) } } },
  );
}

/** What came of the run's links so far, counted from the links themselves. */
export async function countRun(store: Store, runId: string): Promise<RunCounts> {
  return (await tallyRun(store, runId)).counts;
}

/** A run's counts, and how the source's entry points (without further pages of lists) fared. */
export interface RunTally {
  counts: RunCounts;
  /** Entry points that were read or have not changed. */
  read: number;
  /** Those that were not, by reason; `due` for one that no reason is known of yet. */
  unread: Record<string, number>;
}

/** A run's counts so far. */
export async function tallyRun(store: Store, runId: string): Promise<RunTally> {
  return (await tallyRuns(store, [runId])).get(runId) ?? emptyTally();
}

/** Counts the links of runs, in one read; a run without links is not in the answer. */
export async function tallyRuns(
  store: Store,
  runIds: readonly string[],
): Promise<Map<string, RunTally>> {
  const tallies = new Map<string, RunTally>();
  if (runIds.length === 0) return tallies;
  const rows = await store.collections.links
    .aggregate<{ _id: Group; n: number }>([
      { $match: { runId: { $in: [...runIds] } } },
      {
        $group: {
          _id: {
            runId: "$runId",
            state: "$state",
            kind: "$kind",
            lane: "$lane",
            reason: "$reason",
            outcome: "$outcome",
            fetched: { $gt: ["$attempts", 0] },
            first: { $eq: ["$page", 1] },
          },
          n: { $sum: 1 },
        },
      },
    ])
    .toArray();
  for (const { _id, n } of rows) {
    const tallied = tallies.get(_id.runId) ?? emptyTally();
    tallies.set(_id.runId, tallied);
    tally(tallied.counts, _id, n);
    if (_id.kind === "article" || !_id.first) continue;
    const reason = _id.reason ?? "due";
    if (_id.state === "done" && _id.reason === null) tallied.read += n;
    else tallied.unread[reason] = (tallied.unread[reason] ?? 0) + n;
  }
  return tallies;
}

/** The tally of a run without links. */
export function emptyTally(): RunTally {
  return { counts: emptyCounts(), read: 0, unread: {} };
}

type Group = Pick<Link, "runId" | "state" | "kind" | "lane" | "reason" | "outcome"> & {
  fetched: boolean;
  first: boolean;
};

/** Counts of a run that has done nothing yet. */
export function emptyCounts(): RunCounts {
  return {
    links: 0,
    entryPoints: 0,
    http: 0,
    browser: 0,
    stored: 0,
    updated: 0,
    unchanged: 0,
    duplicates: 0,
    waiting: 0,
    skipped: {},
    dead: {},
  };
}

function tally(counts: RunCounts, group: Group, n: number): void {
  if (group.kind === "article") counts.links += n;
  else counts.entryPoints += n;
  if (group.fetched) counts[group.lane] += n;
  if (group.state === "due") counts.waiting += n;
  if (group.state === "skipped" && group.reason) {
    const skipped = counts.skipped as Record<string, number>;
    skipped[group.reason] = (skipped[group.reason] ?? 0) + n;
  }
  if (group.state === "dead") {
    const dead = counts.dead as Record<string, number>;
    dead[group.reason ?? "unknown"] = (dead[group.reason ?? "unknown"] ?? 0) + n;
  }
  if (group.kind !== "article" || group.state !== "done") return;
  if (group.outcome === "new" || group.outcome === "copy") counts.stored += n;
  if (group.outcome === "updated") counts.updated += n;
  if (group.outcome === "unchanged") counts.unchanged += n;
  if (group.outcome === "duplicate" || group.outcome === "copy") counts.duplicates += n;
}
