import { LIMITS } from "../../config/limits.ts";
import type { Logger } from "../../config/logger.ts";
import { sleep } from "../../lib/time.ts";
import type { StreamPosition } from "../../model/publish/change.ts";
import { epochAfter } from "../../model/publish/change.ts";
import { mayBeFound } from "../../model/usage-rights.ts";
import { earlierRevisions, readIndexable, tombstonesOf } from "../../store/articles/articles.ts";
import type { ListedArticle, Position } from "../../store/articles/listing.ts";
import { readSlice } from "../../store/articles/slice.ts";
import { headSeq, readChanges, readRestores, tailSeq } from "../../store/publish/changes.ts";
import { EPOCH, FAR_FUTURE, type Store } from "../../store/store.ts";
import { type Document, documentsOf } from "./document.ts";
import type { SearchIndex } from "./index-client.ts";

/** Articles or changes per batch. The number is small because searches wait during each write. */
const BATCH_SIZE = 50;
const IDLE_PAUSE_MS = 500;
export interface IndexDeps {
  store: Store;
  index: SearchIndex;
  /** Called with the number of articles written so far. */
  onBuilding?: (articles: number) => void;
  onBehind?: (changes: number) => void;
}

/**
 * Indexes the next changes, or builds the whole index again if it can't be continued. Returns
 * whether there was anything to do.
 */
export async function indexStep(deps: IndexDeps, signal?: AbortSignal): Promise<boolean> {
  const { store, index, onBehind } = deps;
  const { at } = await index.state();
  const epoch = epochAfter(await readRestores(store));
  if (at === null || at.epoch !== epoch || at.seq < (await tailSeq(store))) {
    await buildIndex(deps, signal);
    return true;
  }
  const changes = await readChanges(store, at.seq, BATCH_SIZE);
  const last = changes.at(-1);
  if (!last) return false;
  onBehind?.((await headSeq(store)) - at.seq);
  const ids = [...new Set(changes.map(({ articleId }) => articleId))];
  const documents = await documentsFor(store, await readIndexable(store, ids));
  await index.put({ articleIds: ids, documents }, { seq: last.seq, epoch }, at);
  return true;
}

/**
 * Updates the index to the end of the stream. Removes articles published more than `keepArticles`
 * ms ago (null: none), and erases the words of all removed articles.
 */
export async function catchUp(
  deps: IndexDeps & { now: () => Date; keepArticles: number | null },
): Promise<void> {
  const { index, now, keepArticles } = deps;
  while (await indexStep(deps));
  if (keepArticles !== null) await index.dropBefore(new Date(now().getTime() - keepArticles));
  while (await index.clean());
}

/** Builds a new index, unless `signal` aborts. Meanwhile, the old index serves queries. */
export async function buildIndex(
  { store, index, onBuilding }: IndexDeps,
  signal?: AbortSignal,
): Promise<void> {
  // Changes made during the build come again from the stream.
  const at: StreamPosition = {
    seq: await headSeq(store),
    epoch: epochAfter(await readRestores(store)),
  };
  await index.begin();
  let after: Position | null = null;
  for (let done = 0; ; ) {
    if (signal?.aborted) return undefined;
    const stretch = { sourceId: null, since: EPOCH, until: FAR_FUTURE };
    const articles = await readSlice(store, stretch, after, BATCH_SIZE);
    const last = articles.at(-1);
    if (!last) return index.finish(at);
    const articleIds = articles.map(({ _id }) => _id);
    await index.add({ articleIds, documents: await documentsFor(store, articles) });
    after = { sortAt: last.sortAt, id: last._id };
    done += articles.length;
    onBuilding?.(done);
  }
}

async function documentsFor(store: Store, articles: ListedArticle[]): Promise<Document[]> {
  const back = articles.filter(({ status }) => status === "retracted").map(({ _id }) => _id);
  const buried = await tombstonesOf(store, back);
  // Leave out articles that are being erased, and those that must not be found by a search.
  const there = articles.filter(
    (article) =>
      article.contentHash !== "" && !buried.has(article._id) && mayBeFound(article, new Date()),
  );
  const earlier = await earlierRevisions(store, there);
  return there.flatMap((article) => documentsOf(article, earlier.get(article._id) ?? []));
}

/** Updates the index like `catchUp` until `signal` aborts. Logs errors and tries again. */
export async function keepIndexed(
  deps: IndexDeps & { log: Logger; now: () => Date; keepArticles: number | null },
  signal: AbortSignal,
): Promise<void> {
  const { index, log, now, keepArticles } = deps;
  while (!signal.aborted) {
    try {
      if (await indexStep(deps, signal)) continue;
      if (keepArticles !== null) await index.dropBefore(new Date(now().getTime() - keepArticles));
      if (!(await index.clean())) await sleep(IDLE_PAUSE_MS, signal);
    } catch (error) {
      if (signal.aborted) return;
      log.warn({ err: error }, "can't update the search index; trying again");
      await sleep(LIMITS.stallCheck, signal);
    }
  }
}
