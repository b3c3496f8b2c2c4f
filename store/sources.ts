import { isPaused, type Source, type SourceRecord } from "../model/source.ts";
import { dueBy, type Store } from "./store.ts";

/** What `syncSources` did with the configured files. */
export interface SourceSync {
  added: string[];
  changed: string[];
  retired: string[];
}

/**
 * Makes the store's sources equal to the configured ones: new ones are due at once, changed ones
 * get the next version, missing ones are retired (their archive stays) unless `keep` names them.
 * Run as often as wanted.
 */
export async function syncSources(
  store: Store,
  sources: { source: Source; checksum: string }[],
  { now, keep }: { now: Date; keep: ReadonlySet<string> },
): Promise<SourceSync> {
  const { sources: collection } = store.collections;
  const known = new Map((await collection.find().toArray()).map((record) => [record._id, record]));
  const result: SourceSync = { added: [], changed: [], retired: [] };
  for (const { source, checksum } of sources) {
    const record = known.get(source.id);
    known.delete(source.id);
    if (record?.checksum === checksum && record.active) continue;
    (record ? result.changed : result.added).push(source.id);
    await collection.replaceOne(
      { _id: source.id },
      { ...(record ?? BLANK), ...source, ...versioned(record, checksum, source, now) },
      { upsert: true },
    );
  }
  for (const record of known.values()) {
    if (!record.active || keep.has(record._id)) continue;
    result.retired.push(record._id);
    await collection.updateOne({ _id: record._id }, { $set: { active: false, nextDueAt: null } });
  }
  return result;
}

const BLANK = {
  openRunId: null,
  lastAttemptAt: null,
  lastSuccessAt: null,
  lastNewArticleAt: null,
  arrivals: null,
  failures: 0,
  ttl: null,
  lastProblem: null,
};

/** A source as the store would keep it before its first run. */
export function recordOf(source: Source): SourceRecord {
  const { id: _id } = source;
  return { ...source, ...BLANK, _id, version: 1, checksum: "", nextDueAt: null, active: true };
}

function versioned(
  record: SourceRecord | undefined,
  checksum: string,
  source: Source,
  now: Date,
): Pick<SourceRecord, "version" | "checksum" | "active" | "nextDueAt"> {
  const version = (record?.version ?? 0) + 1;
  return {
    version,
    checksum,
    active: true,
    nextDueAt: record?.held ? null : nextFor(source, now),
  };
}

/** Sources whose time has come, oldest first. */
export function dueSources(store: Store, now: Date, limit: number): Promise<SourceRecord[]> {
  return store.collections.sources
    .find({ nextDueAt: dueBy(now) })
    .sort({ nextDueAt: 1 })
    .limit(limit)
    .toArray();
}

export function getSource(store: Store, id: string): Promise<SourceRecord | null> {
  return store.collections.sources.findOne({ _id: id });
}

/** All sources by id; they are configuration, so few. */
export function listSources(store: Store): Promise<SourceRecord[]> {
  return store.collections.sources.find().toArray();
}

/** Takes the source, as it was read, for a run; false when another run has it, or had it since. */
export async function takeSource(
  store: Store,
  { _id, nextDueAt }: Pick<SourceRecord, "_id" | "nextDueAt">,
  run: { runId: string; nextDueAt: Date; now: Date },
): Promise<boolean> {
  const taken = await store.collections.sources.updateOne(
    { _id, openRunId: null, nextDueAt },
    { $set: { openRunId: run.runId, nextDueAt: run.nextDueAt, lastAttemptAt: run.now } },
  );
  return taken.modifiedCount === 1;
}

/** Gives the source back after its run, with what the run taught. */
export async function releaseSource(
  store: Store,
  id: string,
  runId: string,
  learnt: Partial<
    Pick<
      SourceRecord,
      | "nextDueAt"
      | "lastSuccessAt"
      | "lastNewArticleAt"
      | "arrivals"
      | "gaps"
      | "flood"
      | "failures"
      | "lastProblem"
      | "verified"
    >
  >,
): Promise<void> {
  await store.collections.sources.updateOne(
    { _id: id, openRunId: runId },
    { $set: { ...learnt, openRunId: null } },
  );
}

/** A look at a source's article after the first one. */
export interface LookedAt {
  sourceId: string;
  /** The step of the schedule that it was. */
  step: number;
  changed: boolean;
}

/** Counts what looks at sources' articles found. */
export async function noteLooks(store: Store, looks: LookedAt[]): Promise<void> {
  if (looks.length === 0) return;
  await store.collections.sources.bulkWrite(
    looks.map(({ sourceId, step, changed }) => ({
      updateOne: {
        filter: { _id: sourceId },
        update: {
          $inc: { [`looks.${step}.looks`]: 1, [`looks.${step}.changed`]: changed ? 1 : 0 },
        },
      },
    })),
    { ordered: false },
  );
}

/** Keeps a source from being looked at, from its next run on; false when there is none. */
export async function holdSource(
  store: Store,
  id: string,
  held: NonNullable<SourceRecord["held"]>,
): Promise<boolean> {
  const { matchedCount } = await store.collections.sources.updateOne(
    { _id: id },
    { $set: { held, nextDueAt: null } },
  );
  return matchedCount > 0;
}

/** Lets a held source go on, at once unless its file pauses it; false when it isn't held. */
export async function resumeSource(store: Store, id: string, now: Date): Promise<boolean> {
  const source = await getSource(store, id);
  if (!source?.held) return false;
  const nextDueAt = source.active ? nextFor(source, now) : null;
  await store.collections.sources.updateOne({ _id: id }, { $set: { held: null, nextDueAt } });
  return true;
}

/** When a source that isn't held is due: now, unless its file pauses it. */
function nextFor({ paused }: Pick<Source, "paused">, now: Date): Date | null {
  return paused ? (paused.until ?? null) : now;
}

/** Keeps for how long the source's feed asks not to be fetched again. */
export async function saveTtl(store: Store, id: string, ttl: number | null): Promise<void> {
  await store.collections.sources.updateOne({ _id: id }, { $set: { ttl } });
}

/**
 * Makes active sources due now (all without `ids`), but for those that were looked at since, or are
 * being looked at; answers every one that is or will be looked at, as it was then. Paused ones
 * stay as they are.
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
  const made = await store.collections.sources.updateOne(
    { _id, openRunId: null, lastAttemptAt },
    { $set: { nextDueAt: new Date() } },
  );
  if (made.matchedCount > 0) return source;
  // A run has taken it since it was read.
  const taken = await getSource(store, _id);
  return taken ? makeOneDue(store, taken, since) : source;
}
