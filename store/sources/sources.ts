import { SOURCE_HEALTH_FIELDS, type SourceHealthFields } from "../../model/sources/health.ts";
import { isPaused, type Source, type SourceRecord } from "../../model/sources/source.ts";
import { changeOne, findAll, findById, projectionOf, readDue, writeEach } from "../queries.ts";
import { EPOCH, FAR_FUTURE, type Store } from "../store.ts";

export const INITIAL_SOURCE_STATE = {
  openRunId: null,
  lastAttemptAt: null,
  lastSuccessAt: null,
  lastNewArticleAt: null,
  arrivals: null,
  failures: 0,
  ttl: null,
  lastProblem: null,
};

/** Returns the record that a source has before its first run; stores nothing. */
export function recordOf(source: Source): SourceRecord {
  const { id: _id } = source;
  return {
    ...source,
    ...INITIAL_SOURCE_STATE,
    _id,
    version: 1,
    checksum: "",
    nextDueAt: null,
    active: true,
  };
}

export function dueSources(store: Store, now: Date, limit: number): Promise<SourceRecord[]> {
  return readDue(store.collections.sources, "nextDueAt", { now, limit });
}

const MAX_DUE_CHECKED = 20;

/**
 * Returns the source that has been due longest and has no open run. Checks only the 20 sources due
 * earliest; null if there is none among them.
 */
export async function longestOverdue(store: Store, now: Date): Promise<SourceRecord | null> {
  const due = await dueSources(store, now, MAX_DUE_CHECKED);
  return due.find(({ openRunId }) => !openRunId) ?? null;
}

export function getSource(store: Store, id: string): Promise<SourceRecord | null> {
  return store.collections.sources.findOne({ _id: id });
}

export function getSources(store: Store, ids: string[]): Promise<Map<string, SourceRecord>> {
  return findById(store.collections.sources, ids);
}

export async function activeSourceIds({ collections }: Store): Promise<string[]> {
  const options = { projection: { _id: 1 }, batchSize: 1000 };
  const found = await collections.sources.find({ active: true }, options).toArray();
  return found.map(({ _id }) => _id);
}

/** Returns all sources, including retired ones. There are few, so one response holds them. */
export function listSources(store: Store): Promise<SourceRecord[]> {
  return store.collections.sources.find({}, { batchSize: 1000 }).toArray();
}

export interface RevisitRecord {
  sourceId: string;
  /** Index of the revisit in the schedule of revisits. */
  step: number;
  changed: boolean;
}

export async function noteRevisits(store: Store, revisits: RevisitRecord[]): Promise<void> {
  await writeEach(store.collections.sources, revisits, ({ sourceId, step, changed }) => ({
    updateOne: {
      filter: { _id: sourceId },
      update: {
        $inc: {
          [`revisitRates.${step}.revisits`]: 1,
          [`revisitRates.${step}.changed`]: changed ? 1 : 0,
        },
      },
    },
  }));
}

/** Pauses a source; an open run continues. Returns false if the source doesn't exist. */
export async function pauseSource(
  store: Store,
  id: string,
  pause: NonNullable<SourceRecord["pausedByOperator"]>,
): Promise<boolean> {
  const source = await getSource(store, id);
  if (!source) return false;
  // The pause in the source's file can be longer.
  const nextDueAt = nextFor({ ...source, pausedByOperator: pause }, pause.at);
  const set = { pausedByOperator: pause, nextDueAt, runRequest: null, pollDueAt: null };
  return changeOne(store.collections.sources, { _id: id }, { $set: set });
}

const MAX_CRASH_AGE_MS = 86_400_000;

/** Counts a crash; returns the number of crashes in a row, each within a day of the one before. */
export async function countCrash(store: Store, id: string, at: Date): Promise<number> {
  const before = (await getSource(store, id))?.endedWorkers;
  const isLately = before !== undefined && at.getTime() - before.at.getTime() < MAX_CRASH_AGE_MS;
  const count = (isLately ? before.count : 0) + 1;
  await store.collections.sources.updateOne({ _id: id }, { $set: { endedWorkers: { count, at } } });
  return count;
}

/**
 * Ends an operator's pause of a source, but not a pause in the source's file. Returns false if no
 * operator paused the source.
 */
export async function resumeSource(store: Store, id: string, now: Date): Promise<boolean> {
  const source = await getSource(store, id);
  if (!source?.pausedByOperator) return false;
  const nextDueAt = nextFor({ ...source, pausedByOperator: null }, now);
  // Nothing was fetched during the pause, so silence raises no alarm before the next article.
  const set = { pausedByOperator: null, nextDueAt, silentAt: null };
  await store.collections.sources.updateOne(
    { _id: id },
    { $set: set, $unset: { endedWorkers: "" } },
  );
  return true;
}

export async function setSource(
  store: Store,
  id: string,
  set: Partial<Pick<SourceRecord, "moved" | "drift" | "ttl">>,
): Promise<void> {
  await store.collections.sources.updateOne({ _id: id }, { $set: set });
}

/**
 * Returns when a source can run: at `from` or, if later, at the end of its pause. Null if the pause
 * has no end or the source is retired.
 */
export function nextFor(
  {
    active = true,
    paused,
    pausedByOperator,
  }: Pick<Source, "paused"> & Pick<Partial<SourceRecord>, "active" | "pausedByOperator">,
  from: Date,
): Date | null {
  const pauses = [paused, pausedByOperator].flatMap((pause) => pause ?? []);
  if (!active || pauses.some(({ until }) => until === undefined)) return null;
  return new Date(Math.max(from.getTime(), ...pauses.map(({ until }) => until?.getTime() ?? 0)));
}

type Rescheduled = Partial<
  Pick<SourceRecord, "nextDueAt" | "openRunId" | "runRequest" | "pollDueAt" | "missedAt">
>;

/** Changes when a source is due; returns false if the source has changed since it was read. */
export function rescheduleSource(
  { collections }: Store,
  { _id, openRunId, nextDueAt }: Pick<SourceRecord, "_id" | "openRunId" | "nextDueAt">,
  set: Rescheduled,
): Promise<boolean> {
  return changeOne(collections.sources, { _id, openRunId, nextDueAt }, { $set: set });
}

/** Stores the WebSub hub that a feed of the source names; null if the feed names none. */
export async function saveHub(
  store: Store,
  id: string,
  linkId: string,
  hub: { url: string; self: string } | null,
): Promise<void> {
  const set: Record<string, typeof hub> = { [`hubs.${linkId}`]: hub };
  await store.collections.sources.updateOne({ _id: id }, { $set: set });
}

/**
 * Makes active, unpaused sources due now, unless they are running or began a run at `since` or
 * later. Returns all active, unpaused sources as they were before.
 */
export async function makeDue(store: Store, since: Date, ids?: string[]): Promise<SourceRecord[]> {
  const wanted = (await listSources(store)).filter(
    (source) => source.active && !isPaused(source, since) && (!ids || ids.includes(source._id)),
  );
  return Promise.all(wanted.map((source) => makeOneDue(store, source, since)));
}

async function makeOneDue(store: Store, source: SourceRecord, since: Date): Promise<SourceRecord> {
  const { _id, openRunId, lastAttemptAt } = source;
  if (openRunId || (lastAttemptAt && lastAttemptAt >= since)) return source;
  const now = new Date();
  const isPush = source.runRequest?.actor === "push";
  const isMade = await changeOne(
    store.collections.sources,
    { _id, openRunId: null, lastAttemptAt },
    // A push that waits for its run keeps its request: the run shows whether the hub works.
    { $set: { nextDueAt: now, ...(!isPush && { runRequest: { actor: "cli", at: now } }) } },
  );
  if (isMade) return source;
  // A run has taken the source since it was read.
  const taken = await getSource(store, _id);
  return taken ? makeOneDue(store, taken, since) : source;
}

interface Taking {
  source: Pick<SourceRecord, "_id" | "nextDueAt">;
  run: { runId: string; nextDueAt: Date; now: Date };
}

/** Marks sources as taken by their runs; skips sources that were taken since they were read. */
export async function takeSources(store: Store, takings: readonly Taking[]): Promise<void> {
  await writeEach(store.collections.sources, takings, ({ source: { _id, nextDueAt }, run }) => ({
    updateOne: {
      filter: { _id, openRunId: null, nextDueAt },
      update: {
        $set: {
          openRunId: run.runId,
          nextDueAt: run.nextDueAt,
          lastAttemptAt: run.now,
          pausedByOperator: null,
          runRequest: null,
          pollDueAt: null,
        },
      },
    },
  }));
}

/** The fields of a source that a run updates. */
export type Learnt = Partial<
  Pick<
    SourceRecord,
    | "nextDueAt"
    | "pollDueAt"
    | "lastSuccessAt"
    | "lastNewArticleAt"
    | "arrivals"
    | "silentAt"
    | "spike"
    | "drift"
    | "moved"
    | "failures"
    | "lastProblem"
    | "verified"
  >
>;

/**
 * Releases sources from their runs and stores what the runs learnt. Skips a source that another run
 * has taken.
 */
export async function releaseSources(
  store: Store,
  released: readonly { sourceId: string; runId: string; learnt: Learnt }[],
): Promise<void> {
  await writeEach(store.collections.sources, released, ({ sourceId, runId, learnt }) => ({
    updateOne: {
      filter: { _id: sourceId, openRunId: runId },
      update: { $set: { ...learnt, openRunId: null } },
    },
  }));
}

export async function hasArticles({ collections }: Store, sourceId: string): Promise<boolean> {
  const range = { $gt: EPOCH, $lt: FAR_FUTURE };
  return (await collections.articles.findOne({ sourceId, sortAt: range })) !== null;
}

export async function articleIdsOf({ collections }: Store, sourceId: string): Promise<string[]> {
  const sortAt = { $gt: EPOCH, $lt: FAR_FUTURE };
  const found = await collections.articles.find({ sourceId, sortAt }, ID_ONLY).toArray();
  return found.map(({ _id }) => _id);
}

export async function linkIdsOf({ collections }: Store, sourceId: string): Promise<string[]> {
  const found = await collections.links.find({ sourceId }, ID_ONLY).toArray();
  return found.map(({ _id }) => _id);
}

const ID_ONLY = { projection: { _id: 1 } };

/**
 * Marks a source as inactive, so that it doesn't run again. Changes nothing and returns false while
 * a run is open or if the source doesn't exist.
 */
export function stopSource(store: Store, id: string): Promise<boolean> {
  const update = { $set: { active: false, nextDueAt: null } };
  return changeOne(store.collections.sources, { _id: id, openRunId: null }, update);
}

export async function removeSource({ collections: all }: Store, sourceId: string): Promise<void> {
  await all.runs.deleteMany({ sourceId });
  await all.previews.deleteMany({ sourceId });
  await all.quality.deleteOne({ _id: sourceId });
  await all.coverage.deleteOne({ _id: sourceId });
  await all.baselines.deleteOne({ _id: sourceId });
  await all.boilerplate.deleteOne({ _id: sourceId });
  await all.subscriptions.deleteMany({ sourceId });
  await all.versions.deleteMany({ sourceId });
  await all.sources.deleteOne({ _id: sourceId });
}

const MAX_SOURCES = 1000;

export type SourceHealthRecord = SourceHealthFields & Pick<SourceRecord, "name" | "nextDueAt">;

/** Returns what the health of the active sources depends on, sorted by name; at most 1,000. */
export async function readHealthRecords({ collections }: Store): Promise<SourceHealthRecord[]> {
  // Reading whole records would cost more.
  const projection = projectionOf(["name", "nextDueAt", ...SOURCE_HEALTH_FIELDS]);
  const options = { projection, limit: MAX_SOURCES };
  return byName(await findAll(collections.sources, { active: true }, options));
}

export type SourceName = Pick<SourceRecord, "_id" | "name" | "active" | "nextDueAt">;

export async function sourceNames({ collections }: Store): Promise<SourceName[]> {
  const projection = { name: 1, active: 1, nextDueAt: 1 };
  return byName(await findAll(collections.sources, {}, { projection }));
}

export async function readSourceNames(
  { collections }: Store,
  ids: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const found = await findById(collections.sources, ids, { projection: { name: 1 } });
  return new Map([...found].map(([id, { name }]) => [id, name]));
}

/** Returns the records of the active sources, sorted by name; at most 1,000. */
export async function activeSources({ collections }: Store): Promise<SourceRecord[]> {
  return byName(await findAll(collections.sources, { active: true }, { limit: MAX_SOURCES }));
}

function byName<T extends { name: string }>(sources: T[]): T[] {
  return sources.toSorted((a, b) => a.name.localeCompare(b.name, "en"));
}

/** What readers see of a source. */
export type PublicSource = Pick<SourceRecord, "_id" | "name" | "rights" | "checksum"> &
  Partial<Pick<SourceRecord, "home" | "country" | "language">>;

/** Returns what readers see of all sources, including retired ones, sorted by name. */
export async function readDirectory(store: Store): Promise<PublicSource[]> {
  const projection = { name: 1, home: 1, rights: 1, checksum: 1, country: 1, language: 1 };
  return byName(await findAll(store.collections.sources, {}, { projection }));
}

/** Returns what readers see of all sources, including retired ones, by id. */
export async function sourcesById(store: Store): Promise<Map<string, PublicSource>> {
  return new Map((await readDirectory(store)).map((source) => [source._id, source]));
}
