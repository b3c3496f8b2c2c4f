import type { Article } from "../model/article.ts";
import { removeEach } from "./remove.ts";
import { EPOCH, type Store } from "./store.ts";
import { bury } from "./tombstones.ts";

type Old = Pick<Article, "_id" | "storyId" | "pendingAt">;

/**
 * Removes articles dated before `until`, at most `limit`, with all that hangs on them but their
 * captures; answers how many. A tombstone for each of their addresses comes first, so none comes
 * back as new; the article itself goes last, so what was interrupted is finished next time.
 */
export async function purgeArticles(
  store: Store,
  until: Date,
  { limit, at }: { limit: number; at: Date },
): Promise<number> {
  const { articles, aliases, revisions, fingerprints, stories } = store.collections;
  const found = await articles
    .find({ sortAt: { $gt: EPOCH, $lt: until } })
    .project<Old>({ storyId: 1, pendingAt: 1 })
    .limit(limit)
    .toArray();
  // What readers have not been told yet is told first.
  const old = found.filter(({ pendingAt }) => pendingAt === undefined);
  if (old.length === 0) return 0;
  const addresses = await addressesOf(store, old);
  const keys = [...new Set([...old.map(({ _id }) => _id), ...addresses])];
  const reason = `dated before ${until.toISOString().slice(0, 10)}`;
  await bury(
    store,
    keys.map((_id) => ({ _id, kind: "purged" as const, at, reason, by: "retention" })),
  );
  await settle(store, keys, reason);
  const ids = old.map(({ _id }) => ({ _id }));
  await removeEach(fingerprints, ids);
  await revisions.bulkWrite(
    old.map(({ _id }) => ({ deleteMany: { filter: { articleId: _id } } })),
    { ordered: false },
  );
  await stories.bulkWrite(old.map(leaveStory), { ordered: false });
  await removeEach(
    aliases,
    addresses.map((_id) => ({ _id })),
  );
  return removeEach(articles, ids);
}

async function addressesOf({ collections: { aliases } }: Store, old: Old[]): Promise<string[]> {
  const found = old.map(({ _id }) => aliases.find({ articleId: _id }).toArray());
  return (await Promise.all(found)).flat().map(({ _id }) => _id);
}

function leaveStory({ _id, storyId }: Old) {
  const filter = { _id: storyId };
  if (storyId === _id) return { deleteOne: { filter } };
  const update = { $pull: { articleIds: _id }, $unset: { [`because.${_id}`]: "" as const } };
  return { updateOne: { filter, update } };
}

/** Links stay: they say why nothing is there, and are not looked at again. */
async function settle(store: Store, keys: string[], detail: string): Promise<void> {
  const set = { state: "skipped", reason: "purged", detail, dueAt: null, articleId: null } as const;
  await store.collections.links.bulkWrite(
    keys.map((_id) => ({ updateOne: { filter: { _id }, update: { $set: set } } })),
    { ordered: false },
  );
}
