import { isDeepStrictEqual } from "node:util";
import type { Features, Fingerprint } from "../model/fingerprint.ts";
import type { Standing } from "../model/story.ts";
import { findIn } from "./find-in.ts";
import { removeEach } from "./remove.ts";
import { dueBy, type Store } from "./store.ts";

/** Most fingerprints looked at for one chunk of keys: boilerplate can match very many. */
const CANDIDATES = 100;
/** Keys in one query: an article asks for about 100, and hardly any of them is found. */
const KEYS = 100;
/** Most articles of one chunk of stories that are looked at. */
const MEMBERS = 1000;

export async function getFingerprints(
  store: Store,
  ids: readonly string[],
): Promise<Map<string, Fingerprint>> {
  const found = await findIn(store.collections.fingerprints, "_id", ids);
  return new Map(found.map((print) => [print._id, print]));
}

/** Writes what articles are compared by; their standings are stale from then on. */
export async function putFeatures(
  store: Store,
  features: readonly (Features & { _id: string })[],
  now: Date,
): Promise<void> {
  if (features.length === 0) return;
  await store.collections.fingerprints.bulkWrite(
    features.map(({ _id, ...set }) => ({
      updateOne: {
        filter: { _id },
        update: { $set: { ...set, staleAt: now }, $inc: { version: 1 } },
        upsert: true,
      },
    })),
    { ordered: false },
  );
}

/** Fingerprints that lie under one of the keys. */
export function similarFingerprints(store: Store, keys: string[]): Promise<Fingerprint[]> {
  return findIn(store.collections.fingerprints, "keys", keys, { chunk: KEYS, limit: CANDIDATES });
}

/** Fingerprints of the articles of stories, which are named by their earliest articles. */
export function storyFingerprints(
  store: Store,
  stories: readonly string[],
): Promise<Fingerprint[]> {
  return findIn(store.collections.fingerprints, "standing.story", stories, { limit: MEMBERS });
}

/** A standing that was decided, and the version of the fingerprint that it was decided on. */
export interface Settlement {
  id: string;
  version: number;
  standing: Standing;
  /** Whether it has to be decided once more, since something near it is not decided yet. */
  isStale: boolean;
}

/** Writes standings; answers the articles whose fingerprints changed meanwhile. */
export async function settleStandings(
  store: Store,
  settlements: readonly Settlement[],
): Promise<string[]> {
  if (settlements.length === 0) return [];
  const { fingerprints } = store.collections;
  const { matchedCount } = await fingerprints.bulkWrite(
    settlements.map(({ id, version, standing, isStale }) => ({
      updateOne: {
        filter: { _id: id, version },
        update: {
          $set: { standing },
          $inc: { version: 1 },
          ...(!isStale && { $unset: { staleAt: "" as const } }),
        },
      },
    })),
    { ordered: false },
  );
  if (matchedCount === settlements.length) return [];
  const ids = settlements.map(({ id }) => id);
  const stored = await findIn(fingerprints, "_id", ids, {
    projection: { standing: 1, version: 1 },
  });
  const now = new Map(stored.map((print) => [print._id, print]));
  return settlements.flatMap(({ id, version, standing }) => {
    const there = now.get(id);
    // The version alone doesn't tell: another process may have written it in this one's place.
    const isOurs = there?.version === version + 1 && isDeepStrictEqual(there.standing, standing);
    return isOurs ? [] : id;
  });
}

/** Asks that standings be decided again, whatever is being decided at the moment. */
export async function staleFingerprints(
  store: Store,
  ids: readonly string[],
  now: Date,
): Promise<void> {
  if (ids.length === 0) return;
  await store.collections.fingerprints.bulkWrite(
    ids.map((_id) => ({
      updateOne: { filter: { _id }, update: { $set: { staleAt: now }, $inc: { version: 1 } } },
    })),
    { ordered: false },
  );
}

/** Removes the fingerprints of articles that are no more; answers which ones stood with them. */
export async function dropFingerprints(
  store: Store,
  ids: readonly string[],
  now: Date,
): Promise<string[]> {
  const gone = await getFingerprints(store, ids);
  const stories = new Set([...gone.values()].flatMap(({ standing }) => standing?.story ?? []));
  const members = await storyFingerprints(store, [...stories]);
  const others = members.map(({ _id }) => _id).filter((id) => !gone.has(id));
  await staleFingerprints(store, others, now);
  await removeEach(
    store.collections.fingerprints,
    ids.map((_id) => ({ _id })),
  );
  return others;
}

/** Articles whose standings are stale since before `until`, oldest first. */
export async function staleSince(store: Store, until: Date, limit: number): Promise<string[]> {
  const found = await store.collections.fingerprints
    .find({ staleAt: dueBy(until) }, { projection: { _id: 1 } })
    .sort({ staleAt: 1 })
    .limit(limit)
    .toArray();
  return found.map(({ _id }) => _id);
}
