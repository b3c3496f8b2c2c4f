import { chunksOf } from "../../lib/async.ts";
import type { Capture } from "../../model/crawl/capture.ts";
import type { Link } from "../../model/crawl/link.ts";
import type { Run, RunCounts } from "../../model/crawl/outcome.ts";
import type { SourceRecord } from "../../model/sources/source.ts";
import {
  changeOne,
  findAll,
  findDuplicates,
  findIn,
  furtherBack,
  ignoreDuplicates,
  projectionOf,
  readLatest,
  writeEach,
} from "../queries.ts";
import { dueBy, EPOCH, FAR_FUTURE, type Store } from "../store.ts";

/** Returns a new, open run with empty counts; stores nothing. */
export function newRun(
  { _id: sourceId, version: sourceVersion }: Pick<SourceRecord, "_id" | "version">,
  params: Pick<Run, "_id" | "trigger" | "startedAt"> & Partial<Pick<Run, "first">>,
): Run {
  const nothing = { finishedAt: null, counts: emptyCounts(), problems: [] };
  const run = { sourceId, sourceVersion, first: false, open: true, ...nothing, ...params };
  return CONCURRENT_TRIGGERS.has(params.trigger) ? run : { ...run, openOf: sourceId };
}

/** Triggers of runs that can be open at the same time as a run of the source's entry points. */
export const CONCURRENT_TRIGGERS = new Set<Run["trigger"]>(["backfill", "replay", "revisit"]);

/** Opens runs. Opening a run again (same `_id`) has no effect. */
export async function addRuns(store: Store, runs: Run[]): Promise<void> {
  if (runs.length === 0) return;
  await ignoreDuplicates(store.collections.runs.insertMany(runs, { ordered: false }));
}

/**
 * Opens a run for each source, or restarts the source's open run. Returns the runs' ids by source
 * id, except runs that are just being closed.
 */
export async function openSourceRuns(
  store: Store,
  opening: readonly Run[],
): Promise<Map<string, string>> {
  const { runs } = store.collections;
  const taken = await findDuplicates(runs.insertMany([...opening], { ordered: false }));
  const own = opening.filter((_, index) => !taken.has(index));
  const ids = new Map(own.map(({ _id, sourceId }) => [sourceId, _id]));
  if (taken.size === 0) return ids;
  const wanted = new Map(opening.map((run) => [run.sourceId, run]));
  const others = opening.filter((_, index) => taken.has(index));
  const open = await findAll(runs, { openOf: { $in: others.map(({ sourceId }) => sourceId) } });
  for (const { _id, sourceId, startedAt } of open) {
    const run = wanted.get(sourceId);
    if (!run) continue;
    const restart = { $set: { startedAt: run.startedAt } };
    if (run._id === _id || (await changeOne(runs, { _id, open: true, startedAt }, restart))) {
      ids.set(sourceId, _id);
    }
  }
  return ids;
}

/** Returns whether runs are open, by id. Unknown runs are missing. */
export async function areOpen(
  { collections }: Store,
  ids: readonly string[],
): Promise<Map<string, boolean>> {
  const found = await findIn(collections.runs, "_id", ids, { projection: { open: 1 } });
  return new Map(found.map(({ _id, open }) => [_id, open]));
}

export function getRun(store: Store, id: string): Promise<Run | null> {
  return store.collections.runs.findOne({ _id: id });
}

const MAX_SEARCHED_RUNS = 50;

/** Returns the newest run since `since` that isn't a revisit, among a source's newest 50 runs. */
export async function lastRun(store: Store, sourceId: string, since: Date): Promise<Run | null> {
  const horizon = new Date(Date.now() + 60_000);
  const runs = await findAll(
    store.collections.runs,
    { sourceId, startedAt: { $gte: since, $lte: horizon } },
    { sort: { startedAt: -1 }, limit: MAX_SEARCHED_RUNS },
  );
  return runs.find(({ trigger }) => trigger !== "revisit") ?? null;
}

export function findOpenRuns(store: Store, now: Date, limit: number): Promise<Run[]> {
  return findAll(
    store.collections.runs,
    { open: true, startedAt: { $gt: EPOCH, $lte: now } },
    { sort: { startedAt: 1 }, limit },
  );
}

/** Closes runs with their final counts; a run that was restarted after it was read stays open. */
export async function closeRuns(
  store: Store,
  closed: readonly { run: Run; counts: RunCounts }[],
  now: Date,
): Promise<void> {
  if (closed.length === 0) return;
  const runs = closed.map(({ run }) => ({ ...run, finishedAt: now }));
  const traffic = await trafficOfRuns(store, runs);
  await writeEach(store.collections.runs, closed, ({ run: { _id, startedAt }, counts }) => ({
    updateOne: {
      filter: { _id, open: true, startedAt },
      update: {
        $unset: { openOf: "" as const },
        $set: { open: false, finishedAt: now, counts, traffic: traffic.get(_id) ?? NO_TRAFFIC },
      },
    },
  }));
}

const NO_TRAFFIC = { requests: 0, bytes: 0 };

/** Adds up to 50 problems to a run that has fewer than 50. */
export async function noteProblems(store: Store, id: string, problems: string[]): Promise<void> {
  if (problems.length === 0) return;
  await store.collections.runs.updateOne(
    { _id: id, "problems.49": { $exists: false } },
    { $addToSet: { problems: { $each: problems.slice(0, 50) } } },
  );
}

export async function countRun(store: Store, runId: string): Promise<RunCounts> {
  return (await tallyRuns(store, [runId])).get(runId)?.counts ?? emptyCounts();
}

/**
 * A run's counts, and how its entry points ended. `read` and `unread` don't count further pages of
 * an entry point.
 */
export interface RunTally {
  counts: RunCounts;
  /** Number of entry points that were read or hadn't changed. */
  read: number;
  /** Number of entry points not read, by reason; those without a reason are under `due`. */
  unread: Record<string, number>;
}

/** Counts the outcomes of each run's links; returns them by run id. Omits runs without links. */
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
    if (_id.state === "done" && _id.reason === null) tallied.read += n;
    else addTo(tallied.unread, _id.reason ?? "due", n);
  }
  return tallies;
}

export function emptyTally(): RunTally {
  return { counts: emptyCounts(), read: 0, unread: {} };
}

type Group = Pick<Link, "runId" | "state" | "kind" | "lane" | "reason" | "outcome"> & {
  fetched: boolean;
  first: boolean;
};

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
    deadLetters: {},
  };
}

function addTo(counts: Record<string, number>, name: string, n: number): void {
  counts[name] = (counts[name] ?? 0) + n;
}

function tally(counts: RunCounts, group: Group, n: number): void {
  if (group.kind === "article") counts.links += n;
  else counts.entryPoints += n;
  if (group.fetched) counts[group.lane] += n;
  if (group.state === "due") counts.waiting += n;
  if (group.state === "skipped" && group.reason) addTo(counts.skipped, group.reason, n);
  if (group.state === "dead-letter") addTo(counts.deadLetters, group.reason ?? "unknown", n);
  if (group.kind !== "article" || group.state !== "done") return;
  if (group.outcome === "new" || group.outcome === "copy") counts.stored += n;
  if (group.outcome === "updated") counts.updated += n;
  if (group.outcome === "unchanged") counts.unchanged += n;
  if (group.outcome === "duplicate" || group.outcome === "copy") counts.duplicates += n;
}

export function runsOf(
  store: Store,
  sourceId: string,
  range: { before: Date; limit: number },
): Promise<Run[]> {
  return readLatest(store.collections.runs, "startedAt", { ...range, where: { sourceId } });
}

/** Returns the newest runs of all sources before a time, newest first. */
export function latestRuns(
  { collections: { runs } }: Store,
  range: { before: Date; limit: number },
): Promise<Run[]> {
  // Open and closed runs go back together: there are few open ones, so they alone would go back to
  // the beginning.
  return furtherBack(range, async (startedAt, limit) => {
    const options = { sort: { startedAt: -1 }, limit } as const;
    const ask = (open: boolean) => findAll(runs, { open, startedAt }, options);
    const found = (await Promise.all([ask(true), ask(false)])).flat();
    const newestFirst = (a: Run, b: Run) => b.startedAt.getTime() - a.startedAt.getTime();
    return found.toSorted(newestFirst).slice(0, limit);
  });
}

const RESPONSE_FIELDS = [
  "linkId",
  "kind",
  "lane",
  "url",
  "status",
  "bytes",
  "ms",
  "fetchedAt",
  "reason",
  "detail",
  "runId",
] as const;

/** A response in a run. `bytes` is the size on the wire. */
export type RunResponse = Pick<Capture, "_id" | (typeof RESPONSE_FIELDS)[number]>;

/**
 * Returns a run's responses, earliest first. Searches only `limit` responses of the source, from
 * the start of the run.
 */
export async function responsesOfRun(
  store: Store,
  run: Run,
  limit: number,
): Promise<RunResponse[]> {
  const projection = projectionOf(RESPONSE_FIELDS);
  const found = await findAll(
    store.collections.captures,
    { sourceId: run.sourceId, fetchedAt: windowOf(run) },
    { projection, sort: { fetchedAt: 1 }, limit },
  );
  return found.filter(({ runId }) => runId === run._id);
}

const MAX_TRAFFIC_SPAN_MS = 10 * 60_000;
const MAX_RUNS_PER_QUERY = 50;

/** Returns the traffic of runs that end at the same time. */
async function trafficOfRuns(store: Store, runs: readonly Run[]) {
  const sums = new Map<string, NonNullable<Run["traffic"]>>();
  let left = runs.toSorted((a, b) => a.startedAt.getTime() - b.startedAt.getTime());
  for (let [first] = left; first; [first] = left) {
    const end = first.startedAt.getTime() + MAX_TRAFFIC_SPAN_MS;
    const some = left
      .slice(0, MAX_RUNS_PER_QUERY)
      .filter(({ startedAt }) => startedAt.getTime() <= end);
    left = left.slice(some.length);
    // The index has no run ids, so a query for them would scan. Other runs of the sources are
    // therefore filtered out here.
    const found = await store.collections.captures
      .aggregate<{ _id: string | null; requests: number; bytes: number }>([
        {
          $match: {
            sourceId: { $in: [...new Set(some.map(({ sourceId }) => sourceId))] },
            // The first run began first, and all end at the same time.
            fetchedAt: windowOf(first),
          },
        },
        { $group: { _id: "$runId", requests: { $sum: 1 }, bytes: { $sum: "$bytes" } } },
      ])
      .toArray();
    const wanted = new Set(some.map(({ _id }) => _id));
    for (const { _id, requests, bytes } of found) {
      if (_id !== null && wanted.has(_id)) sums.set(_id, { requests, bytes });
    }
  }
  return sums;
}

function windowOf({ startedAt, finishedAt }: Run): { $gte: Date; $lte: Date } {
  const end = finishedAt ?? new Date();
  // The clocks of machines differ.
  return { $gte: new Date(startedAt.getTime() - 60_000), $lte: new Date(end.getTime() + 60_000) };
}

const RUN_BATCH_SIZE = 50;
const MAX_LINKS_PER_QUERY = 100;
/** Without this hint, the embedded database tries every index. */
const RUN_INDEX = { runId: 1, state: 1, dueAt: 1 } as const;

const dueLinkByRun = new WeakMap<Store, Map<string, string>>();

export async function runsWithDueLinks(
  store: Store,
  runIds: readonly string[],
  until: Date,
): Promise<Set<string>> {
  const known = await stillDue(store, runIds, until);
  const others = runIds.filter((id) => !known.has(id));
  for (const [runId, link] of await findDue(store, others, until)) known.set(runId, link);
  dueLinkByRun.set(store, known);
  return new Set(known.keys());
}

async function stillDue(
  store: Store,
  runIds: readonly string[],
  until: Date,
): Promise<Map<string, string>> {
  const before = dueLinkByRun.get(store);
  const ids = runIds.flatMap((runId) => before?.get(runId) ?? []);
  const projection = { runId: 1, state: 1, dueAt: 1 };
  const links = await findIn(store.collections.links, "_id", ids, { projection });
  const due = links.filter(({ state, dueAt }) => state === "due" && dueAt && dueAt <= until);
  const wanted = new Set(runIds);
  return new Map(due.flatMap(({ _id, runId }) => (wanted.has(runId) ? [[runId, _id]] : [])));
}

async function findDue(
  store: Store,
  runIds: readonly string[],
  until: Date,
): Promise<Map<string, string>> {
  const due = new Map<string, string>();
  for (const some of chunksOf(runIds, RUN_BATCH_SIZE)) {
    let undecided = some;
    // A run with many links can fill the result: query the other runs again without it.
    for (let found = MAX_LINKS_PER_QUERY; found === MAX_LINKS_PER_QUERY && undecided.length > 0; ) {
      const links = await findAll(
        store.collections.links,
        { runId: { $in: undecided }, state: "due", dueAt: dueBy(until) },
        { projection: { runId: 1 }, limit: MAX_LINKS_PER_QUERY },
      );
      // A run's last link will probably stay due longest.
      for (const { _id, runId } of links) due.set(runId, _id);
      undecided = undecided.filter((id) => !due.has(id));
      found = links.length;
    }
  }
  return due;
}

/** Returns a run's links, except those that a later run fetches again. */
export function linksOfRun(store: Store, runId: string, limit: number): Promise<Link[]> {
  return findAll(store.collections.links, { runId }, { limit });
}

/** Returns the hosts of a run's due links; a host can appear more than once. */
export function dueOfRun(
  store: Store,
  runId: string,
  until: Date,
  limit: number,
): Promise<Pick<Link, "host">[]> {
  return findAll(
    store.collections.links,
    { runId, state: "due", dueAt: dueBy(until) },
    { projection: { host: 1 }, hint: RUN_INDEX, limit },
  );
}

const DUE_LINK = ["url", "host", "runId", "lane", "dueAt", "claim", "reason", "detail"] as const;

export type DueLink = Pick<Link, "_id" | (typeof DUE_LINK)[number]>;

/** Returns the links that runs must still fetch, now or later; at most `limit` per run. */
export async function dueOfRuns(
  store: Store,
  runIds: readonly string[],
  limit: number,
): Promise<DueLink[]> {
  const found = runIds.map((runId) =>
    findAll(
      store.collections.links,
      { runId, state: "due", dueAt: dueBy(FAR_FUTURE) },
      { projection: projectionOf(DUE_LINK), hint: RUN_INDEX, limit },
    ),
  );
  return (await Promise.all(found)).flat();
}

/**
 * Returns the times at which a run's new articles, including copies, were published or, if that is
 * unknown, found.
 */
export async function newItemTimes(store: Store, runId: string): Promise<Date[]> {
  const done = await findAll(
    store.collections.links,
    { runId, state: "done" },
    { projection: { outcome: 1, hints: 1, firstSeenAt: 1 }, hint: RUN_INDEX },
  );
  return done
    .filter(({ outcome }) => outcome === "new" || outcome === "copy")
    .map(({ hints, firstSeenAt }) => hints.publishedAt ?? firstSeenAt);
}

export async function countArticleLinks(store: Store, runId: string): Promise<number> {
  // Doesn't read skipped links, because a first run can have thousands. No index has `kind`.
  const taken = await findAll(
    store.collections.links,
    { runId, state: { $in: ["due", "done", "dead-letter"] } },
    { projection: { kind: 1 }, hint: RUN_INDEX },
  );
  return taken.filter(({ kind }) => kind === "article").length;
}
