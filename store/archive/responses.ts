import { batchesOf } from "../../lib/async.ts";
import { type Body, type Capture, isLost, type Lost } from "../../model/crawl/capture.ts";
import { articleSignals, type UsageSignal } from "../../model/usage-rights.ts";
import { findIn } from "../queries.ts";
import type { Store } from "../store.ts";
import { readBodies } from "./bodies.ts";

const CAPTURE_BATCH_SIZE = 50;
const TITLE_BATCH_SIZE = 200;

export interface Archived {
  capture: Capture;
  body: Body | null;
  lost?: Lost;
  /** The current usage signals of the link's article; empty if the link led to no article. */
  today: UsageSignal[];
}

/**
 * Where to continue reading the archive, which is read source by source: at the first capture of
 * `sourceId` that was fetched at `since` or later.
 */
export interface ArchivePlace {
  sourceId: string;
  since: Date;
}

/**
 * Yields captures from `since` to `until` (excluded), source by source, oldest first. `sources`
 * must be sorted. `from` is the position to continue at.
 */
export async function* readArchive(
  store: Store,
  { sources, since, until }: { sources: readonly string[]; since: Date; until: Date },
  from: ArchivePlace | null = null,
): AsyncGenerator<Archived> {
  const { captures } = store.collections;
  for (const sourceId of sources) {
    if (from && sourceId < from.sourceId) continue;
    const begin = from?.sourceId === sourceId ? from.since : since;
    const cursor = captures
      .find({ sourceId, fetchedAt: { $gte: begin, $lt: until } })
      .sort({ fetchedAt: 1 })
      .batchSize(CAPTURE_BATCH_SIZE);
    for await (const page of batchesOf(cursor, CAPTURE_BATCH_SIZE)) {
      yield* await withBodies(store, page);
    }
  }
}

async function withBodies(store: Store, captures: Capture[]): Promise<Archived[]> {
  const ids = [...new Set(captures.flatMap(({ bodyId }) => bodyId ?? []))];
  const [bodies, rights] = await Promise.all([readBodies(store, ids), rightsOf(store, captures)]);
  return captures.map((capture): Archived => {
    const found = bodies.get(capture.bodyId ?? "") ?? null;
    const today = rights.get(capture.linkId) ?? [];
    if (found && isLost(found)) return { capture, body: null, lost: found, today };
    return { capture, body: found, today };
  });
}

async function rightsOf(
  store: Store,
  captures: readonly Capture[],
): Promise<Map<string, UsageSignal[]>> {
  const { links, articles } = store.collections;
  const ids = [...new Set(captures.map(({ linkId }) => linkId))];
  const found = await findIn(links, "_id", ids, { projection: { articleId: 1 } });
  const wanted = [...new Set(found.flatMap(({ articleId }) => articleId ?? []))];
  const projection = { rights: 1, reservations: 1, url: 1, lastSeenAt: 1 };
  const read = await findIn(articles, "_id", wanted, { projection });
  const byArticle = new Map(read.map((article) => [article._id, articleSignals(article)]));
  return new Map(found.map(({ _id, articleId }) => [_id, byArticle.get(articleId ?? "") ?? []]));
}

export async function titlesOf(store: Store, linkIds: string[]): Promise<Map<string, string>> {
  const { links, articles } = store.collections;
  const titles = new Map<string, string>();
  for (let from = 0; from < linkIds.length; from += TITLE_BATCH_SIZE) {
    const ids = [...new Set(linkIds.slice(from, from + TITLE_BATCH_SIZE))];
    const found = await findIn(links, "_id", ids, { projection: { articleId: 1 } });
    const wanted = [...new Set(found.flatMap(({ articleId }) => articleId ?? []))];
    const read = await findIn(articles, "_id", wanted, { projection: { title: 1 } });
    const byArticle = new Map(read.map(({ _id, title }) => [_id, title]));
    for (const { _id, articleId } of found) {
      const title = byArticle.get(articleId ?? "");
      if (title) titles.set(_id, title);
    }
  }
  return titles;
}
