import { isDeepStrictEqual } from "node:util";
import pLimit from "p-limit";
import { chunksOf } from "../../lib/async.ts";
import {
  type Features,
  type Fingerprint,
  type FingerprintKey,
  PERMUTATIONS,
  type StoredFingerprint,
} from "../../model/articles/fingerprint.ts";
import type { Cluster, LinkConstraint } from "../../model/articles/story.ts";
import {
  type FindAllOptions,
  findAll,
  findById,
  findDuplicates,
  findIn,
  removeEach,
  updateEach,
  writeEach,
} from "../queries.ts";
import { dueBy, type Store } from "../store.ts";

const MAX_MEMBERS_PER_QUERY = 1000;

export async function getFingerprints(
  store: Store,
  ids: readonly string[],
): Promise<Map<string, Fingerprint>> {
  const found = await readIn(store, "_id", ids);
  return new Map(found.map((print) => [print._id, print]));
}

export async function putFeatures(
  store: Store,
  features: readonly (Features & { _id: string })[],
  now: Date,
): Promise<void> {
  await writeEach(store.collections.fingerprints, features, ({ _id, ...set }) => ({
    updateOne: {
      filter: { _id },
      update: { $set: { ...encodeFingerprint(set), staleAt: now }, $inc: { version: 1 } },
      upsert: true,
    },
  }));
}

/** Stores features like `putFeatures`, but tries inserts first: they cost a fifth of an upsert. */
export async function addFeatures(
  store: Store,
  features: readonly (Features & { _id: string })[],
  now: Date,
): Promise<void> {
  if (features.length === 0) return;
  const fresh = features.map((each) => ({ ...encodeFingerprint(each), staleAt: now, version: 1 }));
  const taken = await findDuplicates(
    store.collections.fingerprints.insertMany(fresh, { ordered: false }),
  );
  await putFeatures(
    store,
    features.filter((_, index) => taken.has(index)),
    now,
  );
}

/** Returns the fingerprints of stories' articles; at most 1,000 from each query of 50 stories. */
export function storyFingerprints(
  store: Store,
  stories: readonly string[],
): Promise<Fingerprint[]> {
  return readIn(store, "cluster.story", stories, { limit: MAX_MEMBERS_PER_QUERY });
}

const STORY_MEMBER = { sourceId: 1, at: 1, trust: 1, cluster: 1, linkConstraints: 1 } as const;

export type StoryMember = Pick<Fingerprint, "_id" | keyof typeof STORY_MEMBER>;

export function getStoryMembers(
  { collections }: Store,
  ids: readonly string[],
): Promise<Map<string, StoryMember>> {
  return findById(collections.fingerprints, ids, { projection: STORY_MEMBER });
}

/** Like `storyFingerprints`, but returns only the fields of `StoryMember`, such as the cluster. */
export function membersOfStories(
  { collections }: Store,
  stories: readonly string[],
): Promise<StoryMember[]> {
  const options = { projection: STORY_MEMBER, limit: MAX_MEMBERS_PER_QUERY };
  return findIn(collections.fingerprints, "cluster.story", stories, options);
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

export interface Settlement {
  id: string;
  version: number;
  cluster: Cluster;
  /** Whether the cluster stays marked as stale, so that it is decided again later. */
  isStale: boolean;
}

/** Stores clusters. Skips fingerprints that changed meanwhile, and returns their ids. */
export async function saveClusters(
  store: Store,
  settlements: readonly Settlement[],
): Promise<string[]> {
  if (settlements.length === 0) return [];
  const { fingerprints } = store.collections;
  const write = (isStale: boolean) =>
    updateEach(
      fingerprints,
      settlements
        .filter((one) => one.isStale === isStale)
        .map(({ id, version, cluster }) => {
          return { _id: id, expected: { version }, set: { cluster, version: version + 1 } };
        }),
      isStale ? {} : { unset: ["staleAt"] },
    );
  const [current, stale] = [await write(false), await write(true)];
  if (current + stale === settlements.length) return [];
  const ids = settlements.map(({ id }) => id);
  const now = await findById(fingerprints, ids, { projection: { cluster: 1, version: 1 } });
  return settlements.flatMap(({ id, version, cluster }) => {
    const there = now.get(id);
    // The version alone doesn't prove that this write won: another process can have written the
    // same version.
    const isOurs = there?.version === version + 1 && isDeepStrictEqual(there.cluster, cluster);
    return isOurs ? [] : id;
  });
}

/** Marks clusters as stale, to be decided again. A decision in progress about them is discarded. */
export async function staleFingerprints(
  store: Store,
  ids: readonly string[],
  now: Date,
): Promise<void> {
  await writeEach(store.collections.fingerprints, ids, (_id) => ({
    updateOne: { filter: { _id }, update: staleAt(now) },
  }));
}

function staleAt(now: Date) {
  return { $set: { staleAt: now }, $inc: { version: 1 } };
}

/** Removes fingerprints; returns the ids of their stories' other articles, now marked as stale. */
export async function dropFingerprints(
  store: Store,
  ids: readonly string[],
  now: Date,
): Promise<string[]> {
  const gone = await getStoryMembers(store, ids);
  const stories = new Set([...gone.values()].flatMap(({ cluster }) => cluster?.story ?? []));
  const members = await membersOfStories(store, [...stories]);
  const others = members.map(({ _id }) => _id).filter((id) => !gone.has(id));
  await staleFingerprints(store, others, now);
  await removeEach(store.collections.fingerprints, ids);
  return others;
}

/**
 * Returns ids of fingerprints that became stale no later than `until`. Half of `limit` is for those
 * that became stale first, half for those that became stale last.
 */
export async function staleSince(store: Store, until: Date, limit: number): Promise<string[]> {
  const first = (order: 1 | -1) =>
    store.collections.fingerprints
      .find({ staleAt: dueBy(until) }, { projection: { _id: 1 } })
      .sort({ staleAt: order })
      .limit(Math.ceil(limit / 2))
      .toArray();
  // Includes the newest, so that a backlog doesn't delay new fingerprints.
  const found = (await Promise.all([first(1), first(-1)])).flat();
  return [...new Set(found.map(({ _id }) => _id))];
}

const KEYS_PER_CHUNK = 100;
/** Small, because the embedded database compares every key with each fingerprint that it finds. */
const KEYS_PER_SMALL_CHUNK = 20;
const BUSY_CHUNK_FINGERPRINTS = 25;
const QUERY_CONCURRENCY = 8;
const MAX_FINGERPRINTS_PER_QUERY = 200;
/** A key with this many fingerprints often stands for a sentence that a publisher repeats. */
const CROWD_FINGERPRINT_COUNT = 20;

/** Returns the fingerprints with at least one of the keys; only some if very many share a key. */
export async function similarFingerprints(
  { collections: { fingerprints } }: Store,
  keys: readonly FingerprintKey[],
): Promise<Fingerprint[]> {
  const found = new Map<string, StoredFingerprint>();
  // No sort order, although the embedded database is faster with one: MongoDB would read all
  // fingerprints of a busy key.
  const query = async (some: readonly FingerprintKey[], limit: number) => {
    const options = { limit, promoteBuffers: true };
    const prints = await findAll(fingerprints, { keys: { $in: some } }, options);
    for (const print of prints) found.set(print._id, print);
    return prints;
  };
  // Sorting groups keys by day. A fingerprint has keys of one day, so few fingerprints appear in
  // several chunks.
  const chunks = chunksOf(
    keys.toSorted((a, b) => a - b),
    KEYS_PER_CHUNK,
  );
  const atOnce = pLimit(QUERY_CONCURRENCY);
  const busy = await atOnce.map(chunks, async (chunk) => {
    const isBusy =
      chunk.length <= KEYS_PER_SMALL_CHUNK ||
      (await query(chunk, BUSY_CHUNK_FINGERPRINTS)).length === BUSY_CHUNK_FINGERPRINTS;
    return isBusy ? chunksOf(chunk, KEYS_PER_SMALL_CHUNK) : [];
  });
  await atOnce.map(busy.flat(), async (chunk) => {
    for (let open = chunk; open.length > 0; ) {
      const prints = await query(open, MAX_FINGERPRINTS_PER_QUERY);
      // A busy key can have displaced other results: query again without it.
      open = prints.length < MAX_FINGERPRINTS_PER_QUERY ? [] : withoutCrowds(open, prints);
    }
  });
  return decodeFingerprints([...found.values()]);
}

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
  // The most frequent key is always omitted, so that the caller's loop ends.
  const crowd = Math.min(CROWD_FINGERPRINT_COUNT, Math.ceil(Math.max(...counts.values()) / 2));
  return keys.filter((key) => (counts.get(key) ?? 0) < crowd);
}

export interface ArticleConstraint {
  articleId: string;
  constraint: LinkConstraint;
}

/** Stores editors' decisions to join or separate articles, and marks the clusters as stale. */
export async function addLinkConstraints(
  store: Store,
  linkConstraints: ArticleConstraint[],
  now: Date,
): Promise<void> {
  await writeEach(store.collections.fingerprints, linkConstraints, ({ articleId, constraint }) => ({
    updateOne: {
      filter: { _id: articleId, "linkConstraints.id": { $ne: constraint.id } },
      update: { $push: { linkConstraints: constraint }, ...staleAt(now) },
    },
  }));
}

export async function dropLinkConstraints(
  store: Store,
  linkConstraints: ArticleConstraint[],
  now: Date,
): Promise<void> {
  await writeEach(store.collections.fingerprints, linkConstraints, ({ articleId, constraint }) => ({
    updateOne: {
      filter: { _id: articleId, "linkConstraints.id": constraint.id },
      update: { $pull: { linkConstraints: { id: constraint.id } }, ...staleAt(now) },
    },
  }));
}

type Encoded = Pick<StoredFingerprint, "signature" | "terms" | "numbers">;

export function encodeFingerprint<T extends Pick<Fingerprint, keyof Encoded>>(
  print: T,
): Omit<T, keyof Encoded> & Encoded {
  const { signature, terms, numbers } = print;
  const bytes = Buffer.alloc(signature.length * 2);
  signature.forEach((value, index) => void bytes.writeUInt16LE(value, index * 2));
  return {
    ...print,
    signature: bytes,
    terms: terms.map(([term, weight]) => `${term} ${weight}`).join("\n"),
    numbers: { ...numbers, title: numbers.title.join(" "), text: numbers.text.join(" ") },
  };
}

/** Decodes fingerprints. Their signatures share one buffer. */
export function decodeFingerprints(prints: readonly StoredFingerprint[]): Fingerprint[] {
  // Separate buffers would lie outside V8's heap and would not trigger garbage collection.
  const buffer = new Uint16Array(prints.length * PERMUTATIONS);
  return prints.map((print, index) =>
    decodeFingerprint(print, buffer.subarray(index * PERMUTATIONS, (index + 1) * PERMUTATIONS)),
  );
}

/**
 * Decodes a fingerprint. Its signature goes into `buffer` if the buffer has the same length, else
 * into a new buffer.
 */
export function decodeFingerprint<T extends Encoded>(
  print: T,
  buffer?: Uint16Array,
): Omit<T, keyof Encoded> & Pick<Fingerprint, keyof Encoded> {
  const { signature, terms, numbers } = print;
  const length = signature.length / 2;
  const minima = buffer?.length === length ? buffer : new Uint16Array(length);
  for (let n = 0; n < minima.length; n += 1) {
    minima[n] = (signature[2 * n] ?? 0) | ((signature[2 * n + 1] ?? 0) << 8);
  }
  return {
    ...print,
    signature: minima,
    terms: splitAt(terms, "\n").map(termOf),
    numbers: {
      ...numbers,
      title: splitAt(numbers.title, " "),
      text: splitAt(numbers.text, " "),
    },
  };
}

function termOf(line: string): [term: string, weight: number] {
  const end = line.lastIndexOf(" ");
  return [line.slice(0, end), Number(line.slice(end + 1))];
}

function splitAt(text: string, separator: string): string[] {
  return text === "" ? [] : text.split(separator);
}
