import type { Article } from "../model/article.ts";
import { findIn } from "./find-in.ts";
import { dropFingerprints } from "./fingerprints.ts";
import { removeEach } from "./remove.ts";
import { dropCounterpartsOf } from "./sides.ts";
import { EPOCH, type Store } from "./store.ts";
import { bury } from "./tombstones.ts";

type Old = Pick<Article, "_id" | "pendingAt">;

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
  const { articles, aliases, revisions, texts } = store.collections;
  const found = await articles
    .find({ sortAt: { $gt: EPOCH, $lt: until } })
    .project<Old>({ pendingAt: 1 })
    .limit(limit)
    .toArray();
  // What readers have not been told yet is told first.
  const old = found.filter(({ pendingAt }) => pendingAt === undefined);
  if (old.length === 0) return 0;
  const ids = old.map(({ _id }) => _id);
  await notePurged(store, until);
  const addresses = await findIn(aliases, "articleId", ids, { projection: { _id: 1 } });
  const keys = [...new Set([...ids, ...addresses.map(({ _id }) => _id)])];
  const reason = `dated before ${until.toISOString().slice(0, 10)}`;
  await bury(
    store,
    keys.map((_id) => ({ _id, kind: "purged" as const, at, reason, by: "retention" })),
  );
  await settle(store, keys, reason);
  await dropFingerprints(store, ids, at);
  await dropCounterpartsOf(store, ids);
  const ofArticles = ids.map((articleId) => ({ deleteMany: { filter: { articleId } } }));
  await revisions.bulkWrite(ofArticles, { ordered: false });
  await texts.bulkWrite(ofArticles, { ordered: false });
  await removeEach(
    aliases,
    addresses.map(({ _id }) => ({ _id })),
  );
  return removeEach(
    articles,
    ids.map((_id) => ({ _id })),
  );
}

/** Links stay: they say why nothing is there, and are not looked at again. */
async function settle(store: Store, keys: string[], detail: string): Promise<void> {
  const set = { state: "skipped", reason: "purged", detail, dueAt: null, articleId: null } as const;
  await store.collections.links.bulkWrite(
    keys.map((_id) => ({ updateOne: { filter: { _id }, update: { $set: set } } })),
    { ordered: false },
  );
}

/** Days before this are not all there any more: figures of them can't be counted anew. */
async function notePurged({ collections: { meta } }: Store, until: Date): Promise<void> {
  const value = until.getTime();
  await meta.updateOne({ _id: "purgedUntil" }, { $max: { value } }, { upsert: true });
}

/** Articles dated before this were removed because their keeping time was over; null where none was. */
export async function purgedUntil({ collections: { meta } }: Store): Promise<Date | null> {
  const found = await meta.findOne({ _id: "purgedUntil" });
  return found ? new Date(found.value) : null;
}
