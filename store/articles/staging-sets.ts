import { chunksOf } from "../../lib/async.ts";
import type {
  Promotion,
  StagedArticle,
  StagingSet,
  StoredStagedArticle,
} from "../../model/archive/staging-set.ts";
import {
  changeOne,
  findIn,
  ignoreDuplicates,
  projectionOf,
  removeEach,
  writeEach,
} from "../queries.ts";
import type { Store } from "../store.ts";
import { decodeFingerprint, encodeFingerprint } from "./fingerprints.ts";

const WRITE_BATCH_SIZE = 50;
const MAX_STAGED_IDS = 10_000;
const ID_ONLY = { projection: { _id: 1 } };
const BUFFER_OPTIONS = { promoteBuffers: true };

export function getStagingSet(store: Store, name: string): Promise<StagingSet | null> {
  return store.collections.stagingSets.findOne({ _id: name });
}

/** Returns all staging sets, newest first. */
export async function listStagingSets(store: Store): Promise<StagingSet[]> {
  const stagingSets = await store.collections.stagingSets.find().toArray();
  return stagingSets.toSorted((a, b) => b.begunAt.getTime() - a.begunAt.getTime());
}

/** Adds a staging set; returns false if its name is taken. */
export function addStagingSet(store: Store, stagingSet: StagingSet): Promise<boolean> {
  return ignoreDuplicates(store.collections.stagingSets.insertOne(stagingSet));
}

export async function takeStagingSet(store: Store, name: string, owner: string): Promise<void> {
  await store.collections.stagingSets.updateOne({ _id: name }, { $set: { owner } });
}

/** Stores a staging set's progress. Throws if another process has taken over or dropped the set. */
export async function saveStagingProgress(
  store: Store,
  { _id, owner }: StagingSet,
  set: Partial<Pick<StagingSet, "state" | "done" | "score" | "writing">>,
): Promise<void> {
  if (await changeOne(store.collections.stagingSets, { _id, owner }, { $set: set })) return;
  throw new Error("another process has taken over or dropped this staging set");
}

/** Stores staged articles. Each replaces the earlier version in the same set. */
export async function putStagedArticles(
  store: Store,
  all: readonly StagedArticle[],
): Promise<void> {
  for (const piece of chunksOf(all, WRITE_BATCH_SIZE)) {
    await writeEach(store.collections.stagedArticles, piece, (stagedArticle) => {
      const { _id, ...replacement } = toStored(stagedArticle);
      return { replaceOne: { filter: { _id }, replacement, upsert: true } };
    });
  }
}

/** Returns the ids of up to 10,000 staged articles without an outcome. */
export async function openStagedArticles(store: Store, stagingSet: string): Promise<string[]> {
  // The embedded database reads all matches before it applies a limit, so small batches are slow.
  return idsOf(store, { stagingSet, state: "open" });
}

async function idsOf(
  { collections: { stagedArticles } }: Store,
  which: { stagingSet: string; state?: "open" },
): Promise<string[]> {
  const rows = await stagedArticles.find(which, ID_ONLY).limit(MAX_STAGED_IDS).toArray();
  return rows.map(({ _id }) => _id);
}

/** Returns those of the staged articles that still exist and have no outcome. */
export async function stillOpen(store: Store, ids: readonly string[]): Promise<StagedArticle[]> {
  const found = await findIn(store.collections.stagedArticles, "_id", ids, BUFFER_OPTIONS);
  return found.filter(({ state }) => state === "open").map(fromStored);
}

const ROW = ["articleId", "state", "left", "visible", "changes", "fields"] as const;

export type StagedArticleRow = Pick<StagedArticle, (typeof ROW)[number]>;

/**
 * Returns staged articles after the first `skip`. With a `field`, returns only articles that differ
 * from the live article in this field.
 */
export function listStagedArticles(
  store: Store,
  {
    stagingSet,
    field,
    skip,
    limit,
  }: { stagingSet: string; field: string | null; skip: number; limit: number },
): Promise<StagedArticleRow[]> {
  return store.collections.stagedArticles
    .find(field === null ? { stagingSet } : { stagingSet, fields: field })
    .project<StagedArticleRow>(projectionOf(ROW))
    .skip(skip)
    .limit(limit)
    .toArray();
}

/** Returns a staged article; null if there is none, or if it equals the live article. */
export async function getStagedArticle(
  store: Store,
  stagingSet: string,
  articleId: string,
): Promise<StagedArticle | null> {
  const found = await store.collections.stagedArticles.findOne(
    { _id: stagedArticleId(stagingSet, articleId) },
    BUFFER_OPTIONS,
  );
  return found && fromStored(found);
}

export async function recordStagedArticles(
  store: Store,
  outcomes: readonly { id: string; left: string | null }[],
): Promise<void> {
  await writeEach(store.collections.stagedArticles, outcomes, ({ id, left }) => ({
    updateOne: {
      filter: { _id: id },
      update: {
        $set:
          left === null
            ? ({ state: "promoted", draft: null, page: null } as const)
            : ({ state: "left", left } as const),
      },
    },
  }));
}

export async function promotionOf(store: Store, stagingSet: string): Promise<Promotion> {
  const { stagedArticles } = store.collections;
  const count = (state: StagedArticle["state"]) =>
    stagedArticles.countDocuments({ stagingSet, state });
  const [open, promoted] = await Promise.all([count("open"), count("promoted")]);
  const left: Promotion["left"] = {};
  const rows = stagedArticles
    .find({ stagingSet, state: "left" })
    .project<{ left: string }>({ left: 1 });
  for await (const { left: why } of rows) left[why] = (left[why] ?? 0) + 1;
  return { open, promoted, left };
}

/** Removes a staging set; returns the number of its articles. Repeat the call if interrupted. */
export async function dropStagingSet(store: Store, stagingSet: string): Promise<number> {
  const { stagedArticles, stagingSets } = store.collections;
  for (let dropped = 0; ; ) {
    const ids = await idsOf(store, { stagingSet });
    if (ids.length === 0) {
      await stagingSets.deleteOne({ _id: stagingSet });
      return dropped;
    }
    for (const piece of chunksOf(ids, WRITE_BATCH_SIZE)) {
      dropped += await removeEach(stagedArticles, piece);
    }
  }
}

export async function dropStagedArticlesOf(store: Store, articleIds: string[]): Promise<void> {
  const { stagedArticles } = store.collections;
  const found = await findIn(stagedArticles, "articleId", articleIds, ID_ONLY);
  const ids = found.map(({ _id }) => _id);
  await removeEach(stagedArticles, ids);
}

export function stagedArticleId(stagingSet: string, articleId: string): string {
  return `${stagingSet}:${articleId}`;
}

function toStored({ page, ...rest }: StagedArticle): StoredStagedArticle {
  return { ...rest, page: page && { ...page, features: encodeFingerprint(page.features) } };
}

function fromStored({ page, ...rest }: StoredStagedArticle): StagedArticle {
  if (!page) return { ...rest, page };
  return { ...rest, page: { ...page, features: decodeFingerprint(page.features) } };
}
