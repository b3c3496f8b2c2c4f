import type { Document } from "mongodb";
import { batchesOf } from "../../lib/async.ts";
import type { Article } from "../../model/articles/article.ts";
import { type Body, type Capture, isLost, type Lost } from "../../model/crawl/capture.ts";
import { articleSignals, type UsageSignal } from "../../model/usage-rights.ts";
import { findById } from "../queries.ts";
import type { Store } from "../store.ts";
import { readBodies } from "./bodies.ts";

const CAPTURE_BATCH_SIZE = 50;

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
  const linkIds = captures.map(({ linkId }) => linkId);
  const projection = { rights: 1, reservations: 1, url: 1, lastSeenAt: 1 };
  const [bodies, articles] = await Promise.all([
    readBodies(store, ids),
    articlesOfLinks(store, linkIds, projection),
  ]);
  return captures.map((capture): Archived => {
    const found = bodies.get(capture.bodyId ?? "") ?? null;
    const article = articles.get(capture.linkId);
    const today = article ? articleSignals(article) : [];
    if (found && isLost(found)) return { capture, body: null, lost: found, today };
    return { capture, body: found, today };
  });
}

export async function titlesOf(store: Store, linkIds: string[]): Promise<Map<string, string>> {
  const articles = await articlesOfLinks(store, linkIds, { title: 1 });
  const titles = [...articles].map(([id, { title }]) => [id, title] as const);
  return new Map(titles.filter(([, title]) => title !== ""));
}

async function articlesOfLinks(
  { collections: { links, articles } }: Store,
  linkIds: readonly string[],
  projection: Document,
): Promise<Map<string, Article>> {
  const led = await findById(links, linkIds, { projection: { articleId: 1 } });
  const ids = [...led.values()].flatMap(({ articleId }) => articleId ?? []);
  const found = await findById(articles, ids, { projection });
  return new Map(
    [...led].flatMap(([linkId, { articleId }]) => {
      const article = found.get(articleId ?? "");
      return article ? [[linkId, article]] : [];
    }),
  );
}
