import { isDeepStrictEqual } from "node:util";
import pLimit from "p-limit";
import { piecesOf } from "../../lib/batch.ts";
import type { Features, Fingerprint, FingerprintKey } from "../../model/articles/fingerprint.ts";
import type { Cluster, LinkConstraint } from "../../model/articles/story.ts";
import { type FindAllOptions, findAll, findIn } from "../queries.ts";
import { dueBy, type Store } from "../store.ts";
import { insertedBefore, removeEach, updateEach } from "../writes.ts";
import {
  decodeFingerprints,
  encodeFingerprint,
  type StoredFingerprint,
} from "./stored-fingerprint.ts";

/** Maximum number of articles of one batch of stories. */
const MEMBERS = 1000;

export async function getFingerprints(
  store: Store,
  ids: readonly string[],
): Promise<Map<string, Fingerprint>> {
  const found = await readIn(store, "_id", ids);
  return new Map(found.map((print) => [print._id, print]));
}

/** Writes what articles are compared by; their clusters are stale from then on. */
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
        update: { $set: { ...encodeFingerprint(set), staleAt: now }, $inc: { version: 1 } },
        upsert: true,
      },
    })),
    { ordered: false },
  );
}

/** The same for articles without one: an insert costs a fifth of an upsert. */
export async function addFeatures(
  store: Store,
  features: readonly (Features & { _id: string })[],
  now: Date,
): Promise<void> {
  if (features.length === 0) return;
  const fresh = features.map((each) => ({ ...encodeFingerprint(each), staleAt: now, version: 1 }));
  const taken = await insertedBefore(
    store.collections.fingerprints.insertMany(fresh, { ordered: false }),
  );
  await putFeatures(
    store,
    features.filter((_, index) => taken.has(index)),
    now,
  );
}

/** Returns the fingerprints of the articles of stories, which are named by their earliest articles. */
export function storyFingerprints(
  store: Store,
  stories: readonly string[],
): Promise<Fingerprint[]> {
  return readIn(store, "cluster.story", stories, { limit: MEMBERS });
}

/** What decides which articles represent their stories. */
export type Place = Pick<
  Fingerprint,
  "_id" | "sourceId" | "at" | "trust" | "cluster" | "linkConstraints"
>;

const PLACE = { projection: { sourceId: 1, at: 1, trust: 1, cluster: 1, linkConstraints: 1 } };

/** Returns the clusters of articles. */
export async function getPlaces(
  { collections }: Store,
  ids: readonly string[],
): Promise<Map<string, Place>> {
  const found = await findIn<StoredFingerprint>(collections.fingerprints, "_id", ids, PLACE);
  return new Map(found.map((print) => [print._id, print]));
}

/** Returns the clusters of the articles of stories. */
export function storyPlaces({ collections }: Store, stories: readonly string[]): Promise<Place[]> {
  const options = { ...PLACE, limit: MEMBERS };
  return findIn<StoredFingerprint>(collections.fingerprints, "cluster.story", stories, options);
}

async function readIn(
  { collections }: Store,
  field: string,
  values: readonly string[],
  options: FindAllOptions = {},
): Promise<Fingerprint[]> {
  const found = await findIn(collections.fingerprints, field, values, {
    ...options,
    promoteBuffers: true,
  });
  return decodeFingerprints(found);
}

/** A cluster that was decided, and the version of the fingerprint that it was decided on. */
export interface Settlement {
  id: string;
  version: number;
  cluster: Cluster;
  /** Whether it has to be decided once more, since something near it is not decided yet. */
  isStale: boolean;
}

/** Writes clusters; returns the articles whose fingerprints changed meanwhile. */
export async function saveClusters(
  store: Store,
  settlements: readonly Settlement[],
): Promise<string[]> {
  if (settlements.length === 0) return [];
  const { fingerprints } = store.collections;
  const write = (isStale: boolean) =>
    updateEach(
      fingerprints,
      ["version"],
      settlements
        .filter((one) => one.isStale === isStale)
        .map(({ id, version, cluster }) => {
          return { _id: id, as: [version], set: { cluster, version: version + 1 } };
        }),
      isStale ? {} : { unset: ["staleAt"] },
    );
  const [current, stale] = [await write(false), await write(true)];
  if (current + stale === settlements.length) return [];
  const ids = settlements.map(({ id }) => id);
  const stored = await findIn(fingerprints, "_id", ids, {
    projection: { cluster: 1, version: 1 },
  });
  const now = new Map(stored.map((print) => [print._id, print]));
  return settlements.flatMap(({ id, version, cluster }) => {
    const there = now.get(id);
    // The version alone doesn't tell: another process may have written it in this one's place.
    const isOurs = there?.version === version + 1 && isDeepStrictEqual(there.cluster, cluster);
    return isOurs ? [] : id;
  });
}

/** Asks that clusters be decided again, whatever is being decided at the moment. */
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

/** Removes the fingerprints of articles that are no more; returns which ones stood with them. */
export async function dropFingerprints(
  store: Store,
  ids: readonly string[],
  now: Date,
): Promise<string[]> {
  const gone = await getPlaces(store, ids);
  const stories = new Set([...gone.values()].flatMap(({ cluster }) => cluster?.story ?? []));
  const members = await storyPlaces(store, [...stories]);
  const others = members.map(({ _id }) => _id).filter((id) => !gone.has(id));
  await staleFingerprints(store, others, now);
  await removeEach(
    store.collections.fingerprints,
    ids.map((_id) => ({ _id })),
  );
  return others;
}

/** Articles whose clusters are stale since before `until`: the oldest and, so that a long backlog holds up none of today, as many of the latest. */
export async function staleSince(store: Store, until: Date, limit: number): Promise<string[]> {
  const first = (order: 1 | -1) =>
    store.collections.fingerprints
      .find({ staleAt: dueBy(until) }, { projection: { _id: 1 } })
      .sort({ staleAt: order })
      .limit(Math.ceil(limit / 2))
      .toArray();
  const found = (await Promise.all([first(1), first(-1)])).flat();
  return [...new Set(found.map(({ _id }) => _id))];
}

/** Keys per query. Fewer cost more round trips; the embedded database's cost grows with their square. */
const CHUNK = 100;
/** Chunks asked for at once. */
const AT_ONCE = 8;
/** Maximum number of fingerprints that one query returns. */
const MOST = 200;
/** Number of fingerprints from which a key says little, like a sentence below all texts of a publisher. */
const CROWD = 20;
/** Without an order, though the embedded database is quicker with one: MongoDB would read a whole crowd to sort it. */
const SCAN_OPTIONS = { limit: MOST, promoteBuffers: true } as const;

/** Fingerprints that lie under one of the keys; of a key that very many share, some of them. */
export async function similarFingerprints(
  { collections: { fingerprints } }: Store,
  keys: readonly FingerprintKey[],
): Promise<Fingerprint[]> {
  const found = new Map<string, StoredFingerprint>();
  // By day, since a fingerprint has keys of one: so few of them are answered under several chunks.
  await pLimit(AT_ONCE).map(
    piecesOf(
      keys.toSorted((a, b) => a - b),
      CHUNK,
    ),
    async (chunk) => {
      for (let open = chunk; open.length > 0; ) {
        const prints = await findAll(fingerprints, { keys: { $in: open } }, SCAN_OPTIONS);
        for (const print of prints) found.set(print._id, print);
        // What a crowd displaced is queried once more without it.
        open = prints.length < MOST ? [] : withoutCrowds(open, prints);
      }
    },
  );
  return decodeFingerprints([...found.values()]);
}

/**
 * The keys without those that very many fingerprints share. Those that at least half as many share as the one that
 * most share are always left out, so that few rounds are needed where many keys are busy.
 */
function withoutCrowds(
  keys: readonly FingerprintKey[],
  prints: readonly StoredFingerprint[],
): FingerprintKey[] {
  const counts = new Map(keys.map((key) => [key, 0]));
  for (const print of prints) {
    for (const key of print.keys) {
      const count = counts.get(key);
      if (count !== undefined) counts.set(key, count + 1);
    }
  }
  const crowd = Math.min(CROWD, Math.ceil(Math.max(...counts.values()) / 2));
  return keys.filter((key) => (counts.get(key) ?? 0) < crowd);
}

/** What is ruled of one article. */
export interface ArticleConstraint {
  articleId: string;
  constraint: LinkConstraint;
}

/** Notes constraints with the fingerprints of articles, whose clusters are stale then; twice is once. */
export async function addLinkConstraints(
  store: Store,
  linkConstraints: ArticleConstraint[],
  now: Date,
): Promise<void> {
  if (linkConstraints.length === 0) return;
  await store.collections.fingerprints.bulkWrite(
    linkConstraints.map(({ articleId, constraint }) => ({
      updateOne: {
        filter: { _id: articleId, "linkConstraints.id": { $ne: constraint.id } },
        update: {
          $push: { linkConstraints: constraint },
          $set: { staleAt: now },
          $inc: { version: 1 },
        },
      },
    })),
    { ordered: false },
  );
}

/** Takes constraints off the fingerprints of articles, whose clusters are stale then. */
export async function dropLinkConstraints(
  store: Store,
  linkConstraints: ArticleConstraint[],
  now: Date,
): Promise<void> {
  if (linkConstraints.length === 0) return;
  await store.collections.fingerprints.bulkWrite(
    linkConstraints.map(({ articleId, constraint }) => ({
      updateOne: {
        filter: { _id: articleId, "linkConstraints.id": constraint.id },
        update: {
          $pull: { linkConstraints: { id: constraint.id } },
          $set: { staleAt: now },
          $inc: { version: 1 },
        },
      },
    })),
    { ordered: false },
  );
}
