import {
  type Fill,
  type FillCounts,
  fillOf,
  QUALITY_WINDOW_ARTICLES,
} from "../../model/sources/health.ts";
import type {
  Baseline,
  Boilerplate,
  FinishedBoilerplate,
  Learnt,
  Sample,
} from "../../model/sources/learned.ts";
import { changeOne, findById, findIn, readDue, writeEach } from "../queries.ts";
import { dueBy, FAR_FUTURE, type Store } from "../store.ts";

const MAX_STORED_TITLES = 40;

/** Returns a source's baseline; an empty one if none is stored. */
export async function readBaseline(store: Store, id: string): Promise<Baseline> {
  return (await store.collections.baselines.findOne({ _id: id })) ?? { _id: id };
}

/**
 * Updates the baselines of sources with new articles: adds the samples `run` to the stored sample,
 * and appends `titles` (hashes). The keys of `samples` are source ids.
 */
export async function countSamples(
  store: Store,
  samples: ReadonlyMap<string, { run: Sample[]; titles: string[] }>,
): Promise<void> {
  await writeEach(store.collections.baselines, [...samples], ([_id, { run, titles }]) => ({
    updateOne: {
      filter: { _id },
      update: {
        $inc: sumsIn("run", run),
        $push: { titles: { $each: titles, $slice: -MAX_STORED_TITLES } },
      },
      upsert: true,
    },
  }));
}

/**
 * Stores what was learnt from a run. If `learnt.recent` is set, it includes the sample `run`, which
 * is then subtracted from the stored `run`.
 */
export async function saveBaseline(
  store: Store,
  { _id, run }: Baseline,
  learnt: Partial<Pick<Baseline, "rhythm" | "recent" | "usual">>,
): Promise<void> {
  const taken = run ? numbersIn("run", run).map(([path, count]) => [path, -count] as const) : [];
  // Articles that were counted after `run` was read remain for the next run.
  const isOver = taken.length > 0 && learnt.recent !== undefined;
  await store.collections.baselines.updateOne(
    { _id },
    {
      ...(Object.keys(learnt).length > 0 && { $set: learnt }),
      ...(isOver && { $inc: Object.fromEntries(taken) }),
    },
    { upsert: true },
  );
}

function sumsIn(path: string, values: readonly object[]): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const [name, number] of values.flatMap((value) => numbersIn(path, value))) {
    sums[name] = (sums[name] ?? 0) + number;
  }
  return sums;
}

function numbersIn(path: string, value: object): [string, number][] {
  return Object.entries(value).flatMap(([key, part]): [string, number][] =>
    typeof part === "number"
      ? [[`${path}.${key}`, part]]
      : numbersIn(`${path}.${key}`, part as object),
  );
}

export function readBoilerplate(
  store: Store,
  sourceIds: string[],
): Promise<Map<string, Boilerplate>> {
  return findById(store.collections.boilerplate, sourceIds);
}

export async function boilerplateKeys(store: Store, sourceId: string): Promise<string[]> {
  const projection = { "known.key": 1 };
  const one = await store.collections.boilerplate.findOne({ _id: sourceId }, { projection });
  return one?.known.map(({ key }) => key) ?? [];
}

const BOILERPLATE_FINISH_DELAY_MS = 10 * 60_000;

export interface BoilerplateAddition {
  sourceId: string;
  recent: Boilerplate["recent"];
  known: Learnt[];
}

/** Adds entries to sources' boilerplate, even concurrently; drops the oldest beyond the limits. */
export async function addBoilerplate(
  store: Store,
  additions: BoilerplateAddition[],
  { at, limits }: { at: Date; limits: { articles: number; paragraphs: number } },
): Promise<void> {
  await writeEach(store.collections.boilerplate, additions, ({ sourceId, recent, known }) => ({
    updateOne: {
      filter: { _id: sourceId },
      update: {
        $push: {
          recent: { $each: recent, $slice: -limits.articles },
          known: { $each: known, $slice: -limits.paragraphs },
        },
        $inc: { version: 1 },
        $max: { finishAt: new Date(at.getTime() + BOILERPLATE_FINISH_DELAY_MS) },
      },
      upsert: true,
    },
  }));
}

/** Sets `finishAt` of sources' boilerplate to `now` if it is later, because their runs ended. */
export async function finishBoilerplateFrom(
  { collections }: Store,
  sourceIds: readonly string[],
  now: Date,
): Promise<void> {
  if (sourceIds.length === 0) return;
  await collections.boilerplate.updateMany(
    { _id: { $in: [...sourceIds] }, finishAt: { $gt: now, $lt: FAR_FUTURE } },
    { $set: { finishAt: now } },
  );
}

export function findBoilerplateToFinish(
  { collections }: Store,
  now: Date,
  limit: number,
): Promise<Boilerplate[]> {
  return readDue(collections.boilerplate, "finishAt", { now, limit });
}

/** Stores final boilerplate; returns false if the boilerplate has changed since it was read. */
export function saveFinishedBoilerplate(
  store: Store,
  { _id, version }: Pick<Boilerplate, "_id" | "version">,
  { recent, known, reread }: FinishedBoilerplate,
  now: Date,
): Promise<boolean> {
  return changeOne(
    store.collections.boilerplate,
    { _id, version },
    {
      $set: { recent, known },
      $inc: { version: 1 },
      $unset: { finishAt: "" },
      ...(reread.length > 0 && {
        $addToSet: { reread: { $each: reread } },
        $min: { rereadAt: now },
      }),
    },
  );
}

/** Returns the ids of sources with articles that are due to be read again, earliest due first. */
export async function sourcesToReread(store: Store, now: Date, limit: number): Promise<string[]> {
  const options = { now, limit, projection: { _id: 1 } };
  const found = await readDue(store.collections.boilerplate, "rereadAt", options);
  return found.map(({ _id }) => _id);
}

/** Leases articles to read again, and returns their ids; null if none are due or all are leased. */
export async function takeReread(
  store: Store,
  sourceId: string,
  { now, until, limit }: { now: Date; until: Date; limit: number },
): Promise<string[] | null> {
  const taken = await store.collections.boilerplate.findOneAndUpdate(
    { _id: sourceId, rereadAt: dueBy(now) },
    { $set: { rereadAt: until } },
    { projection: { reread: 1 } },
  );
  return taken && (taken.reread ?? []).slice(0, limit);
}

export async function endReread(
  store: Store,
  sourceId: string,
  articles: readonly string[],
  now: Date,
): Promise<void> {
  const { boilerplate } = store.collections;
  await boilerplate.updateOne(
    { _id: sourceId },
    { $pull: { reread: { $in: [...articles] } }, $set: { rereadAt: now } },
  );
  await boilerplate.updateOne({ _id: sourceId, reread: [] }, { $unset: { rereadAt: "" } });
}

/** Whether any boilerplate is due to be finalised, or any article must be read again. */
export async function isBoilerplateOpen({ collections }: Store, now: Date): Promise<boolean> {
  const open = [{ finishAt: dueBy(now) }, { rereadAt: dueBy(FAR_FUTURE) }];
  const found = await Promise.all(
    open.map((due) => collections.boilerplate.findOne(due, { projection: { _id: 1 } })),
  );
  return found.some(Boolean);
}

/**
 * Adds counts to the `current` counts of sources, by source id. With enough articles, `current`
 * becomes `previous`.
 */
export async function countQuality(store: Store, counts: Map<string, FillCounts>): Promise<void> {
  if (counts.size === 0) return;
  const { quality } = store.collections;
  // One command for both steps, in order.
  await quality.bulkWrite([
    ...[...counts].map(([sourceId, count]) => ({
      updateOne: {
        filter: { _id: sourceId },
        update: {
          $inc: Object.fromEntries(numbersIn("current", count)),
          $setOnInsert: { previous: NONE },
        },
        upsert: true,
      },
    })),
    {
      updateMany: {
        filter: {
          _id: { $in: [...counts.keys()] },
          "current.articles": { $gte: QUALITY_WINDOW_ARTICLES },
        },
        update: [{ $set: { previous: "$current", current: NONE } }],
      },
    },
  ]);
}

const NONE: FillCounts = { articles: 0, fieldScore: 0, fields: {} };

/**
 * Returns the share of articles that have each field, by source id. Omits sources without articles.
 * Without `ids`, reads up to 1,000 sources.
 */
export async function readFill(store: Store, ids?: string[]): Promise<Map<string, Fill>> {
  const { quality } = store.collections;
  const found = await (ids ? findIn(quality, "_id", ids) : quality.find().limit(1000).toArray());
  return new Map(
    found.flatMap(({ _id, current, previous }) => {
      const fill = fillOf({ current, previous });
      return fill ? [[_id, fill] as const] : [];
    }),
  );
}
