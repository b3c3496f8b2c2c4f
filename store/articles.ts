import type { Article, PendingChange } from "../model/article.ts";
import type { Revision } from "../model/revision.ts";
import { toItem } from "../model/to-item.ts";
import { ignoreDuplicates, insertedBefore } from "./errors.ts";
import { findIn } from "./find-in.ts";
import { dueBy, type Store } from "./store.ts";
import { shortenArticles, shortenRevisions, withTexts } from "./texts.ts";
import { updateEach } from "./update-each.ts";

export async function getArticles(store: Store, ids: string[]): Promise<Map<string, Article>> {
  const found = await findIn(store.collections.articles, "_id", ids);
  return new Map((await withTexts(store, found)).map((article) => [article._id, article]));
}

/** What decides which article of a story stands for the others, and which one does. */
export type ArticleStatusRow = Pick<
  Article,
  "_id" | "status" | "completeness" | "duplicateOf" | "storyId" | "origin"
>;

export function getStatuses(store: Store, ids: string[]): Promise<ArticleStatusRow[]> {
  const fields = { status: 1, completeness: 1, duplicateOf: 1, storyId: 1, origin: 1 };
  return findIn(store.collections.articles, "_id", ids, { projection: fields });
}

/** One write that a reader can see: the article as it shall be, and the change that says so. */
export interface ArticleWrite {
  /** Version that the decision was based on; 0 for a new article. */
  base: number;
  article: Omit<Article, "pending" | "pendingAt">;
  change: PendingChange;
}

/**
 * Writes articles together with their pending change, each in one document update that only
 * matches the version it was based on. Answers the writes that lost such a race: decide them anew.
 */
export async function writeArticles(store: Store, writes: ArticleWrite[]): Promise<ArticleWrite[]> {
  const fresh = writes.filter((write) => write.base === 0);
  const known = writes.filter((write) => write.base > 0);
  return [...(await insertNew(store, fresh)), ...(await updateKnown(store, known))];
}

async function insertNew(store: Store, writes: ArticleWrite[]): Promise<ArticleWrite[]> {
  if (writes.length === 0) return [];
  const short = await shortenArticles(store, writes);
  const documents = short.map(({ article, change }) => ({
    ...article,
    pending: [change],
    pendingAt: change.at,
  }));
  const taken = await insertedBefore(
    store.collections.articles.insertMany(documents, { ordered: false }),
  );
  return writes.filter((_, index) => taken.has(index));
}

async function updateKnown(store: Store, writes: ArticleWrite[]): Promise<ArticleWrite[]> {
  if (writes.length === 0) return [];
  const short = await shortenArticles(store, writes);
  const { matchedCount } = await store.collections.articles.bulkWrite(
    short.map(({ base, article: { _id, ...fields }, change }) => ({
      updateOne: {
        filter: { _id, version: base },
        update: {
          $set: { ...fields, pendingAt: change.at },
          $push: { pending: change },
        },
      },
    })),
    { ordered: false },
  );
  // Looking at the articles alone would take a write for lost that another one has followed.
  if (matchedCount === writes.length) return [];
  return matchedCount === 0 ? writes : lostRaces(store, writes);
}

async function lostRaces(store: Store, writes: ArticleWrite[]): Promise<ArticleWrite[]> {
  const ids = writes.map((write) => write.article._id);
  const now = await store.collections.articles
    .find({ _id: { $in: ids } }, { projection: { html: 0, text: 0, evidence: 0, pending: 0 } })
    .toArray();
  const stored = new Map(now.map((article) => [article._id, article]));
  return writes.filter(({ article }) => {
    const there = stored.get(article._id);
    return (
      there?.captureId !== article.captureId ||
      // An editor's correction stands on the same capture: what readers see tells them apart.
      JSON.stringify(toItem(there)) !== JSON.stringify(toItem(article))
    );
  });
}

/** Writes what readers don't see of articles that are still at their version; others stay as they became. */
export async function refreshArticles(
  store: Store,
  fresh: readonly Omit<Article, "pending" | "pendingAt">[],
): Promise<void> {
  if (fresh.length === 0) return;
  const short = await shortenArticles(
    store,
    fresh.map((article) => ({ article })),
  );
  await store.collections.articles.bulkWrite(
    short.map(({ article: { _id, version, lastSeenAt, ...set } }) => ({
      updateOne: {
        filter: { _id, version },
        update: { $set: set, $max: { lastSeenAt } },
      },
    })),
    { ordered: false },
  );
}

/** Notes when articles were seen again without a change. */
export async function touchArticles(store: Store, seen: { id: string; at: Date }[]): Promise<void> {
  if (seen.length === 0) return;
  await store.collections.articles.bulkWrite(
    seen.map(({ id, at }) => ({
      updateOne: { filter: { _id: id }, update: { $max: { lastSeenAt: at } } },
    })),
    { ordered: false },
  );
}

/** Adds revisions; the same one twice is one. */
export async function addRevisions(store: Store, revisions: Revision[]): Promise<void> {
  if (revisions.length === 0) return;
  const short = await shortenRevisions(store, revisions);
  await ignoreDuplicates(store.collections.revisions.insertMany(short, { ordered: false }));
}

/** Articles with changes that are not in the stream yet, oldest first. */
export function articlesWithPending(
  store: Store,
  now: Date,
  limit: number,
): Promise<Pick<Article, "_id" | "version" | "pending" | "traceId">[]> {
  return store.collections.articles
    .find({ pendingAt: dueBy(now) }, { projection: { version: 1, pending: 1, traceId: 1 } })
    .sort({ pendingAt: 1 })
    .limit(limit)
    .toArray();
}

/**
 * Takes changes off articles after they are in the stream: all of them where the article is as it
 * was read, else those up to the version that was moved, so that later ones stay pending.
 */
export async function clearPending(
  store: Store,
  moved: { id: string; version: number }[],
): Promise<void> {
  if (moved.length === 0) return;
  const { articles } = store.collections;
  const cleared = await updateEach(
    articles,
    ["version"],
    moved.map(({ id, version }) => ({ _id: id, as: [version], set: { pending: [] } })),
    { unset: ["pendingAt"] },
  );
  if (cleared === moved.length) return;
  await articles.bulkWrite(
    moved.map(({ id, version }) => ({
      updateOne: {
        filter: { _id: id },
        update: { $pull: { pending: { version: { $lte: version } } } },
      },
    })),
    { ordered: false },
  );
}
