import type { Article, PendingChange } from "../model/article.ts";
import type { Revision } from "../model/revision.ts";
import { ignoreDuplicates } from "./errors.ts";
import { dueBy, type Store } from "./store.ts";

export async function getArticles(store: Store, ids: string[]): Promise<Map<string, Article>> {
  if (ids.length === 0) return new Map();
  const found = await store.collections.articles.find({ _id: { $in: ids } }).toArray();
  return new Map(found.map((article) => [article._id, article]));
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
 * matches the version it was based on. Answers the ids that lost such a race: decide them anew.
 */
export async function writeArticles(store: Store, writes: ArticleWrite[]): Promise<string[]> {
  if (writes.length === 0) return [];
  const { articles } = store.collections;
  const fresh = writes.filter((write) => write.base === 0);
  const known = writes.filter((write) => write.base > 0);
  if (fresh.length > 0) {
    const documents = fresh.map(({ article, change }) => ({
      ...article,
      pending: [change],
      pendingAt: change.at,
    }));
    await ignoreDuplicates(articles.insertMany(documents, { ordered: false }));
  }
  if (known.length > 0) {
    await articles.bulkWrite(
      known.map(({ base, article: { _id, ...fields }, change }) => ({
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
  }
  return lostRaces(store, writes);
}

async function lostRaces(store: Store, writes: ArticleWrite[]): Promise<string[]> {
  const ids = writes.map((write) => write.article._id);
  const now = await store.collections.articles
    .find({ _id: { $in: ids } }, { projection: { version: 1, captureId: 1, storyId: 1 } })
    .toArray();
  const stored = new Map(now.map((article) => [article._id, article]));
  return writes
    .filter(({ article }) => {
      const there = stored.get(article._id);
      return (
        there?.version !== article.version ||
        there.captureId !== article.captureId ||
        there.storyId !== article.storyId
      );
    })
    .map(({ article }) => article._id);
}

/** Notes that articles were seen again without a change. */
export async function touchArticles(store: Store, ids: string[], now: Date): Promise<void> {
  if (ids.length === 0) return;
  await store.collections.articles.bulkWrite(
    ids.map((_id) => ({ updateOne: { filter: { _id }, update: { $max: { lastSeenAt: now } } } })),
    { ordered: false },
  );
}

/** Adds revisions; the same one twice is one. */
export async function addRevisions(store: Store, revisions: Revision[]): Promise<void> {
  if (revisions.length === 0) return;
  await ignoreDuplicates(store.collections.revisions.insertMany(revisions, { ordered: false }));
}

/** Articles with changes that are not in the stream yet, oldest first. */
export function articlesWithPending(
  store: Store,
  now: Date,
  limit: number,
): Promise<Pick<Article, "_id" | "version" | "pending">[]> {
  return store.collections.articles
    .find({ pendingAt: dueBy(now) }, { projection: { version: 1, pending: 1 } })
    .sort({ pendingAt: 1 })
    .limit(limit)
    .toArray();
}

/** Takes changes off articles after they are in the stream; later ones stay pending. */
export async function clearPending(
  store: Store,
  moved: { id: string; version: number }[],
): Promise<void> {
  if (moved.length === 0) return;
  await store.collections.articles.bulkWrite(
    moved.flatMap(({ id, version }) => [
      {
        updateOne: {
          filter: { _id: id },
          update: { $pull: { pending: { version: { $lte: version } } } },
        },
      },
      {
        updateOne: {
          filter: { _id: id, pending: { $size: 0 } },
          update: { $unset: { pendingAt: "" } },
        },
      },
    ]),
    { ordered: true },
  );
}
