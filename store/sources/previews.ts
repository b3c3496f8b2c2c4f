import type { Preview } from "../../model/sources/preview.ts";
import { readLatest, removeEach, soon } from "../queries.ts";
import { EPOCH, type Store } from "../store.ts";

export async function savePreview(store: Store, preview: Preview): Promise<void> {
  await store.collections.previews.replaceOne({ _id: preview._id }, preview, { upsert: true });
}

/** Stores the outcome of a preview, unless the preview has already ended or been removed. */
export async function endPreview(store: Store, preview: Preview): Promise<void> {
  await store.collections.previews.replaceOne({ _id: preview._id, state: "working" }, preview);
}

/** Stores a preview's step and, if given, what was found; skips a preview that has ended. */
export async function notePreviewStep(
  store: Store,
  id: string,
  { step, found }: Pick<Preview, "step" | "found">,
  now: Date,
): Promise<void> {
  const set = { step, stepAt: now, ...(found && { found }) };
  await store.collections.previews.updateOne({ _id: id, state: "working" }, { $set: set });
}

export function getPreview(store: Store, id: string): Promise<Preview | null> {
  return store.collections.previews.findOne({ _id: id }, { promoteBuffers: true });
}

/** Returns the latest previews, newest first, without their pages. */
export function latestPreviews(
  store: Store,
  now: Date,
  limit: number,
): Promise<Omit<Preview, "pages">[]> {
  const options = { before: soon(now), limit, projection: { pages: 0 } };
  return readLatest(store.collections.previews, "at", options);
}

/** Returns the fixture of a source: the preview that was activated last; null if there is none. */
export function fixtureOf(store: Store, sourceId: string, now: Date): Promise<Preview | null> {
  const options = { sort: { "activated.at": -1 }, promoteBuffers: true } as const;
  return store.collections.previews.findOne(activatedBefore(sourceId, now), options);
}

/** Returns when the pages of a source's fixture were fetched; null if it has no fixture. */
export async function fixtureDate(store: Store, sourceId: string, now: Date): Promise<Date | null> {
  const options = { sort: { "activated.at": -1 }, projection: { at: 1 } } as const;
  const latest = await store.collections.previews.findOne(activatedBefore(sourceId, now), options);
  return latest?.at ?? null;
}

function activatedBefore(sourceId: string, now: Date) {
  return { sourceId, "activated.at": { $gt: EPOCH, $lt: soon(now) } };
}

export async function previewIds(store: Store): Promise<string[]> {
  const all = await store.collections.previews.find({}, { projection: { _id: 1 } }).toArray();
  return all.map(({ _id }) => _id);
}

export async function removePreviews(store: Store, ids: string[]): Promise<void> {
  await removeEach(store.collections.previews, ids);
}
