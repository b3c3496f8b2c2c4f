import type { Coverage, CoverageSummary } from "../../model/sources/coverage.ts";
import { findAll, findIn, ignoreDuplicates, readDue } from "../queries.ts";
import { dueBy, type Store } from "../store.ts";

const MAX_SOURCES = 20_000;

/** Starts counting the coverage of sources whose coverage isn't counted yet. */
export async function addCoverage({ collections }: Store, all: Coverage[]): Promise<void> {
  if (all.length === 0) return;
  await ignoreDuplicates(collections.coverage.insertMany(all, { ordered: false }));
}

/** Returns a string that changes when the number of sources, or of those with coverage, changes. */
export async function coverageStamp({ collections }: Store): Promise<string> {
  const { sources, coverage } = collections;
  const counts = [sources.estimatedDocumentCount(), coverage.estimatedDocumentCount()];
  return (await Promise.all(counts)).join(" ");
}

/** Returns the ids of the sources whose coverage is counted; at most 20,000. */
export async function coveredSources({ collections }: Store): Promise<Set<string>> {
  const options = { projection: { _id: 1 }, batchSize: MAX_SOURCES };
  const found = await collections.coverage.find({}, options).limit(MAX_SOURCES).toArray();
  return new Set(found.map(({ _id }) => _id));
}

export async function dueCoverage(
  { collections }: Store,
  now: Date,
  limit: number,
): Promise<string[]> {
  const projection = { _id: 1 };
  const found = await readDue(collections.coverage, "nextCheckAt", { now, limit, projection });
  return found.map(({ _id }) => _id);
}

export async function postponeCoverage(
  { collections }: Store,
  sourceId: string,
  nextCheckAt: Date,
): Promise<void> {
  const update = { $set: { nextCheckAt }, $inc: { version: 1 } };
  await collections.coverage.updateOne({ _id: sourceId }, update);
}

/** Stores coverage; returns false if the stored coverage has changed since it was read. */
export async function saveCoverage({ collections }: Store, coverage: Coverage): Promise<boolean> {
  const { _id, version } = coverage;
  const next = { ...coverage, version: version + 1 };
  const { matchedCount } = await collections.coverage.replaceOne({ _id, version }, next);
  return matchedCount === 1;
}

export function takeDueProbe(
  { collections }: Store,
  now: Date,
  again: Date,
): Promise<Pick<Coverage, "_id"> | null> {
  return collections.coverage.findOneAndUpdate(
    { nextProbeAt: dueBy(now) },
    { $set: { nextProbeAt: again }, $inc: { version: 1 } },
    { projection: { _id: 1 } },
  );
}

export function getCoverage(store: Store, sourceId: string): Promise<Coverage | null> {
  return store.collections.coverage.findOne({ _id: sourceId });
}

const SUMMARY = { at: 1, countedUntil: 1, objective: 1, total: 1, recent: 1 } as const;

/** Returns the coverage of the given sources or, if `ids` is missing, of up to 20,000. */
export function listCoverage(store: Store, ids?: string[]): Promise<CoverageSummary[]> {
  const { coverage } = store.collections;
  if (ids) return findIn(coverage, "_id", ids, { projection: SUMMARY });
  return findAll(coverage, {}, { projection: SUMMARY, limit: MAX_SOURCES });
}

/** Returns the coverage of up to 20,000 sources, with counts by day. */
export function listCoverageDays({
  collections,
}: Store): Promise<(CoverageSummary & Pick<Coverage, "days">)[]> {
  const projection = { ...SUMMARY, days: 1 };
  return findAll(collections.coverage, {}, { projection, limit: MAX_SOURCES });
}
