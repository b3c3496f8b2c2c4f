import { randomUUID } from "node:crypto";
import type { Correction, Draft, Intent } from "../../model/articles/correction.ts";
import { findIn, readDue, readLatest } from "../queries.ts";
import type { Store } from "../store.ts";
import { ignoreDuplicates } from "../writes.ts";

/** Adds corrections. Existing corrections stay as they are. */
export async function addCorrections(store: Store, corrections: Correction[]): Promise<void> {
  if (corrections.length === 0) return;
  await ignoreDuplicates(store.collections.corrections.insertMany(corrections, { ordered: false }));
}

/** Returns the corrections in force, by article id, in the order in which they were made. */
export async function correctionsOf(
  store: Store,
  articleIds: string[],
): Promise<Map<string, Correction[]>> {
  const found = await findIn(store.collections.corrections, "articleId", articleIds);
  const byArticle = new Map<string, Correction[]>();
  for (const correction of inOrder(found.filter(({ undone }) => undone === null))) {
    const { articleId } = correction;
    byArticle.set(articleId, [...(byArticle.get(articleId) ?? []), correction]);
  }
  return byArticle;
}

/** Returns all corrections, including undone ones, in the order in which they were made. */
export async function correctionsOfArticle(store: Store, articleId: string): Promise<Correction[]> {
  return inOrder(await findIn(store.collections.corrections, "articleId", [articleId]));
}

export async function getCorrection(store: Store, id: string): Promise<Correction | null> {
  return store.collections.corrections.findOne({ _id: id });
}

/** Marks a correction as undone; returns false if it was undone already or doesn't exist. */
export async function endCorrection(
  store: Store,
  id: string,
  undone: NonNullable<Correction["undone"]>,
): Promise<boolean> {
  const { matchedCount } = await store.collections.corrections.updateOne(
    { _id: id, undone: null },
    { $set: { undone } },
  );
  return matchedCount === 1;
}

export function readCorrections(store: Store, now: Date, limit: number): Promise<Correction[]> {
  return readLatest(store.collections.corrections, "at", { now, limit });
}

function inOrder(corrections: Correction[]): Correction[] {
  return corrections.toSorted(
    (a, b) => a.at.getTime() - b.at.getTime() || (a._id < b._id ? -1 : 1),
  );
}

/**
 * Stores `intent`, runs `act`, and deletes `intent`. If `act` fails or is interrupted, `intent`
 * remains, and the maintenance job finishes the operation.
 */
export async function withIntent<Result>(
  store: Store,
  intent: Omit<Intent, "_id">,
  act: () => Promise<Result>,
): Promise<Result> {
  const _id = randomUUID();
  await store.collections.intents.insertOne({ _id, ...intent });
  const result = await act();
  await endIntent(store, _id);
  return result;
}

/** Returns up to `limit` unfinished operations that were recorded before `until`, oldest first. */
export function unfinishedIntents(store: Store, until: Date, limit: number): Promise<Intent[]> {
  return readDue(store.collections.intents, "at", { now: until, limit });
}

export async function endIntent(store: Store, id: string): Promise<void> {
  await store.collections.intents.deleteOne({ _id: id });
}

/** Stores a draft. It replaces the article's earlier draft in the same language. */
export async function keepDraft({ collections }: Store, draft: Omit<Draft, "_id">): Promise<void> {
  const _id = `${draft.articleId} ${draft.language}`;
  await collections.drafts.replaceOne({ _id }, draft, { upsert: true });
}

/** Returns the drafts of an article, sorted by language; at most 100. */
export async function draftsOf({ collections }: Store, articleId: string): Promise<Draft[]> {
  const found = await collections.drafts.find({ articleId }).limit(100).toArray();
  return found.toSorted((a, b) => (a.language < b.language ? -1 : 1));
}

export async function dropDraft(
  { collections }: Store,
  articleId: string,
  language: string,
): Promise<void> {
  await collections.drafts.deleteOne({ _id: `${articleId} ${language}` });
}
