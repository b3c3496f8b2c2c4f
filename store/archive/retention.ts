import type { Article } from "../../model/articles/article.ts";
import { addTombstones } from "../articles/articles.ts";
import { dropFingerprints } from "../articles/fingerprints.ts";
import { dropStagedArticlesOf } from "../articles/staging-sets.ts";
import { headSeq, tailSeq } from "../publish/changes.ts";
import { ALL_DAYS, getDay } from "../publish/counters.ts";
import { findIn, removeEach, writeEach, writeMeta } from "../queries.ts";
import { COUNTED_FIELDS, noteRemoved } from "../sources/source-days.ts";
import { readStatisticsSeq } from "../statistics/count.ts";
import { EPOCH, type Store } from "../store.ts";
import { dropBodies } from "./bodies.ts";

/** The lower bound lets an index serve the query. */
const older = (until: Date) => ({ $gt: EPOCH, $lt: until });
const ID_ONLY = { projection: { _id: 1 } };

/** Returns all source ids, sorted. The first is empty: captures of robots.txt have no source. */
export async function allSourceIds(store: Store): Promise<string[]> {
  const found = await store.collections.sources.find({}, ID_ONLY).toArray();
  return ["", ...found.map(({ _id }) => _id).toSorted()];
}

/** Removes up to `limit` captures older than `until`, but not their bodies; returns how many. */
export async function removeOldCaptures(
  store: Store,
  sourceId: string,
  until: Date,
  limit: number,
): Promise<number> {
  const { captures } = store.collections;
  const old = await captures
    .find({ sourceId, fetchedAt: older(until) }, { projection: COUNTED_FIELDS })
    .limit(limit)
    .toArray();
  const ids = old.map(({ _id }) => _id);
  const removed = await removeEach(captures, ids);
  await noteRemoved(store, old);
  return removed;
}

/**
 * Removes up to `limit` bodies last stored before `until`. A body stays if it is stored again
 * during the removal.
 */
export async function removeBodies(store: Store, until: Date, limit: number): Promise<number> {
  const old = await store.collections.bodies
    .find({ storedAt: older(until) }, ID_ONLY)
    .limit(limit)
    .toArray();
  const ids = old.map(({ _id }) => _id);
  return dropBodies(store, ids, { storedAt: { $lt: until } });
}

/** Reads up to `limit` runs that started before `until`, and removes those that aren't open. */
export async function removeRuns(
  { collections: { runs } }: Store,
  sourceId: string,
  until: Date,
  limit: number,
): Promise<number> {
  const old = runs.find({ sourceId, startedAt: older(until) }, { projection: { open: 1 } });
  const found = await old.limit(limit).toArray();
  const ids = found.flatMap(({ _id, open }) => (open ? [] : _id));
  return removeEach(runs, ids);
}

/**
 * Removes up to `limit` of the oldest changes made before `until`, and returns the number. The
 * newest change stays, and so do changes that the counters and statistics don't include yet.
 */
export async function removeChanges(store: Store, until: Date, limit: number): Promise<number> {
  const { changes } = store.collections;
  const head = await headSeq(store);
  // The search for the head must not start among the removed changes.
  await writeMeta(store, "$max", "head", head);
  const tail = await tailSeq(store);
  const counted = Math.min(
    (await getDay(store, ALL_DAYS)).seq,
    (await readStatisticsSeq(store)) ?? head,
  );
  const most = Math.min(tail + limit, counted, head - 1);
  const page = await changes
    .find({ seq: { $gt: tail, $lte: most } }, { projection: { seq: 1, at: 1 } })
    .sort({ seq: 1 })
    .toArray();
  const young = page.findIndex(({ at }) => at >= until);
  const last = (young < 0 ? page : page.slice(0, young)).at(-1)?.seq;
  if (last === undefined) return 0;
  await writeMeta(store, "$max", "tail", last);
  // Starts at an earlier change, to remove what an interrupted pass left.
  const removed = await changes.deleteMany({ seq: { $gt: tail - limit, $lte: last } });
  return removed.deletedCount;
}

type Old = Pick<Article, "_id" | "pendingAt">;

/**
 * Removes up to `limit` articles dated before `until`, and returns the number. Skips articles with
 * pending changes. Each URL gets a tombstone, but captures stay.
 */
export async function purgeArticles(
  store: Store,
  until: Date,
  { limit, at }: { limit: number; at: Date },
): Promise<number> {
  const { articles, aliases, revisions, texts } = store.collections;
  const dated = await articles
    .find({ sortAt: { $gt: EPOCH, $lt: until } })
    .project<Old>({ pendingAt: 1 })
    .limit(limit)
    .toArray();
  // Readers must get pending changes before the article is removed.
  const old = dated.filter(({ pendingAt }) => pendingAt === undefined);
  if (old.length === 0) return 0;
  const ids = old.map(({ _id }) => _id);
  // A recount of the statistics leaves out the days of removed articles.
  await writeMeta(store, "$max", "purgedUntil", until.getTime());
  const found = await findIn(aliases, "articleId", ids, { projection: { _id: 1 } });
  const addresses = found.map(({ _id }) => _id);
  const keys = [...new Set([...ids, ...addresses])];
  const reason = `dated before ${until.toISOString().slice(0, 10)}`;
  // Without tombstones, the articles would come back as new.
  await addTombstones(
    store,
    keys.map((_id) => ({ _id, kind: "purged" as const, at, reason, actor: "retention" })),
  );
  await markLinksPurged(store, keys, reason);
  await dropFingerprints(store, ids, at);
  await dropStagedArticlesOf(store, ids);
  const ofArticle = (articleId: string) => ({ deleteMany: { filter: { articleId } } });
  await writeEach(revisions, ids, ofArticle);
  await writeEach(texts, ids, ofArticle);
  await removeEach(aliases, addresses);
  // Articles go last, so that the next call finishes an interrupted removal.
  return removeEach(articles, ids);
}

/**
 * Marks the links of removed articles as skipped. The links stay, so that they aren't fetched again
 * and show why no article exists.
 */
async function markLinksPurged(store: Store, keys: string[], detail: string): Promise<void> {
  const gone = { articleId: null, dueAt: null, nextFetchAt: null };
  const set = { ...gone, state: "skipped", reason: "purged", detail } as const;
  await writeEach(store.collections.links, keys, (_id) => ({
    updateOne: { filter: { _id }, update: { $set: set } },
  }));
}
