import { EPOCH, FAR_FUTURE, type Store } from "./store.ts";

/** Whether a source has delivered an article. */
export async function hasDelivered({ collections }: Store, sourceId: string): Promise<boolean> {
  const range = { $gt: EPOCH, $lt: FAR_FUTURE };
  return (await collections.articles.findOne({ sourceId, sortAt: range })) !== null;
}

/** Ids of all articles of a source, in pieces. */
export async function* articleIdsOf(
  { collections: { articles } }: Store,
  sourceId: string,
  size: number,
): AsyncGenerator<string[]> {
  const range = { $gt: EPOCH, $lt: FAR_FUTURE };
  const found = await articles.find({ sourceId, sortAt: range }, ID).toArray();
  yield* piecesOf(found, size);
}

/** Ids of all links of a source, in pieces. */
export async function* linkIdsOf(
  { collections: { links } }: Store,
  sourceId: string,
  size: number,
): AsyncGenerator<string[]> {
  yield* piecesOf(await links.find({ sourceId }, ID).toArray(), size);
}

const ID = { projection: { _id: 1 } };

function* piecesOf(found: readonly { _id: string }[], size: number): Generator<string[]> {
  for (let start = 0; start < found.length; start += size) {
    yield found.slice(start, start + size).map(({ _id }) => _id);
  }
}

/** Removes a source itself: its record, versions, runs, previews and what was learnt of it. */
export async function removeSource({ collections: all }: Store, sourceId: string): Promise<void> {
  await all.runs.deleteMany({ sourceId });
  await all.previews.deleteMany({ sourceId });
  await all.quality.deleteOne({ _id: sourceId });
  await all.boilerplate.deleteOne({ _id: sourceId });
  await all.subscriptions.deleteMany({ sourceId });
  await all.versions.deleteMany({ sourceId });
  await all.sources.deleteOne({ _id: sourceId });
}
