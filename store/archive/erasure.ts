import type { Collection, Document } from "mongodb";
import pLimit from "p-limit";
import { chunksOf } from "../../lib/async.ts";
import type { Body, Capture, Lost } from "../../model/crawl/capture.ts";
import { findIn, readInBatches, removeEach, writeEach } from "../queries.ts";
import { COUNTED_FIELDS, type CountedCapture, noteRemoved } from "../sources/source-days.ts";
import type { Store } from "../store.ts";
import { BODY_CONCURRENCY } from "../tiers/tier.ts";
import { dropBodies, openBody } from "./bodies.ts";

export type CaptureOfBody = Pick<Capture, "_id" | "linkId" | "kind" | "headers" | "bodyId">;

type RemovedCapture = CountedCapture & Pick<Capture, "_id" | "bodyId">;

export interface NamedBody {
  id: string;
  body: Body | Lost;
  captures: CaptureOfBody[];
}

/** Yields every body of every tier with its captures, in batches. */
export async function* readBodiesInBatches(store: Store): AsyncGenerator<NamedBody[]> {
  for await (const records of readInBatches(store.collections.bodies)) {
    const ids = records.map(({ _id }) => _id);
    const captures = await capturesOfBodies(store, ids);
    yield await pLimit(BODY_CONCURRENCY).map(records, async (record) => ({
      id: record._id,
      body: await openBody(store, record),
      captures: captures.filter(({ bodyId }) => bodyId === record._id),
    }));
  }
}

function capturesOfBodies(store: Store, bodyIds: string[]): Promise<CaptureOfBody[]> {
  const projection = { linkId: 1, kind: 1, "headers.content-type": 1, bodyId: 1 };
  return findIn(store.collections.captures, "bodyId", bodyIds, { projection });
}

/** Removes captures and the bodies that no other capture names; returns the number of captures. */
export async function removeCaptures(store: Store, captures: RemovedCapture[]): Promise<number> {
  const ids = new Set(captures.map(({ _id }) => _id));
  const bodyIds = [...new Set(captures.flatMap(({ bodyId }) => bodyId ?? []))];
  const others = (await capturesOfBodies(store, bodyIds)).filter(({ _id }) => !ids.has(_id));
  const shared = new Set(others.map(({ bodyId }) => bodyId));
  // Bodies go first: after an interruption, only their captures can lead the next call to them.
  await dropBodies(
    store,
    bodyIds.filter((id) => !shared.has(id)),
  );
  await removeEach(store.collections.captures, [...ids]);
  await noteRemoved(store, captures);
  return captures.length;
}

/** Removes bodies. Their captures stay, and record that the bodies were erased. */
export async function withholdBodies(store: Store, bodyIds: string[]): Promise<void> {
  const captures = await capturesOfBodies(store, bodyIds);
  const set = { bodyId: null, withheld: "erased", storedBytes: 0 } as const;
  await writeEach(store.collections.captures, captures, ({ _id }) => ({
    updateOne: { filter: { _id }, update: { $set: set } },
  }));
  await dropBodies(store, bodyIds);
}

export function capturesOfLinks(store: Store, linkIds: string[]): Promise<RemovedCapture[]> {
  const projection = { ...COUNTED_FIELDS, bodyId: 1 };
  return findIn(store.collections.captures, "linkId", linkIds, { projection });
}

/** A smaller number would need more updates, each of which reads the boilerplate of all sources. */
const ARTICLES_PER_UPDATE = 50;

/**
 * Removes aliases, revisions, texts, corrections, drafts and other parts of articles. The articles
 * themselves stay.
 */
export async function removePartsOf(store: Store, articleIds: string[]): Promise<void> {
  const { aliases, revisions, texts, corrections, drafts, stagedArticles, boilerplate, intents } =
    store.collections;
  // Intents go first: otherwise, upkeep could carry one out and bring corrections back.
  const erased = {
    articleIds: { $in: articleIds },
    corrections: { articleId: { $in: articleIds } },
  };
  const pull = { $pull: erased as unknown as Document };
  await intents.updateMany({ articleIds: { $in: articleIds } }, pull);
  await intents.deleteMany({ articleIds: [] });
  const all: unknown[] = [aliases, revisions, texts, corrections, drafts, stagedArticles];
  for (const parts of all as Collection<{ _id: string }>[]) {
    const found = await findIn(parts, "articleId", articleIds, { projection: { _id: 1 } });
    const ids = found.map(({ _id }) => _id);
    await removeEach(parts, ids);
  }
  for (const some of chunksOf(articleIds, ARTICLES_PER_UPDATE)) {
    const anyOf = { $in: some };
    const gone: Document = { recent: { article: anyOf }, known: { articles: anyOf } };
    await boilerplate.updateMany({}, { $pull: gone });
  }
}
