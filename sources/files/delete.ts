import { rm } from "node:fs/promises";
import { blankArticles, hideArticles, removeKeys } from "../../articles/erasure/settle.ts";
import { mendStories } from "../../articles/stories/stories.ts";
import { note } from "../../store/audit.ts";
import { findIn } from "../../store/find-in.ts";
import { articleIdsOf, hasDelivered, linkIdsOf, removeSource } from "../../store/source-archive.ts";
import { getSource } from "../../store/sources.ts";
import type { Store } from "../../store/store.ts";
import { bury } from "../../store/tombstones.ts";
import type { Outcome } from "./rollback.ts";

/** Articles or links that are taken out together. */
const PIECE = 100;

/**
 * Deletes a source with its file, links, captures and runs. One that has delivered articles is refused
 * unless `purge` says that they go too: readers are told `retracted`, and their addresses are never
 * fetched again. Stopped at any point and run again, it goes on.
 */
export async function deleteSource(
  { store, file, now }: { store: Store; file: string; now: () => Date },
  id: string,
  { by, reason, purge }: { by: string; reason: string; purge: boolean },
): Promise<Outcome> {
  const source = await getSource(store, id);
  if (!source) return { problem: `there is no source ${id}` };
  if (source.openRunId) {
    return { problem: `${id} is being looked at: hold it, and try again when its run is closed` };
  }
  if (!purge && (await hasDelivered(store, id))) {
    const instead = `newsgather sources retire ${id} keeps them, --purge takes them from readers too`;
    return { problem: `${id} has delivered articles, which name it: ${instead}` };
  }
  await note(store, { at: now(), by, action: "source.delete", subject: id, reason });
  await rm(file, { force: true });
  let articles = 0;
  for await (const ids of articleIdsOf(store, id, PIECE)) {
    await purgeArticles(store, ids, { by, reason, now });
    articles += ids.length;
  }
  for await (const ids of linkIdsOf(store, id, PIECE)) await removeKeys(store, ids);
  await removeSource(store, id);
  return { done: `${id} is deleted, with ${articles} articles` };
}

async function purgeArticles(
  store: Store,
  ids: string[],
  { by, reason, now }: { by: string; reason: string; now: () => Date },
): Promise<void> {
  const aliases = await findIn(store.collections.aliases, "articleId", ids);
  const keys = [...new Set([...ids, ...aliases.map(({ _id }) => _id)])];
  const stone = { kind: "purged" as const, at: now(), reason, by };
  await bury(
    store,
    keys.map((_id) => ({ _id, ...stone })),
  );
  await hideArticles(store, ids, now());
  await mendStories(store, ids, now);
  await removeKeys(store, keys);
  await blankArticles(store, ids, now());
}
