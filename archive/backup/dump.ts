import { createHash } from "node:crypto";
import { Binary, type Document } from "mongodb";
import { chunksOf } from "../../lib/async.ts";
import { getBody } from "../../store/archive/bodies.ts";
import { SCHEMA_VERSION } from "../../store/migrations.ts";
import { headSeq } from "../../store/publish/changes.ts";
import { type Collections, dueBy, FAR_FUTURE, type Store } from "../../store/store.ts";
import { FORMAT_VERSION, type Footer, type Header, toLine } from "./file.ts";

/** Called while a collection is written, with the number of its documents written so far. */
export type Progress = (collection: string, count: number) => void;

type Name = keyof Collections;

const ORDERED_COLLECTIONS: readonly Name[] = [
  "days",
  "statistics",
  "links",
  "articles",
  "corrections",
  "tombstones",
  "changes",
  "meta",
];

const DOCUMENTS_PER_REPORT = 10_000;
const ARTICLE_BATCH_SIZE = 50;

export interface DumpOptions {
  now: Date;
  progress: Progress;
  /** Whether to include bodies stored outside the database. A restore puts them in the database. */
  whole?: boolean;
}

/**
 * Yields a backup of a store in use: a header, one document per line, a footer. Changes that enter
 * the stream meanwhile become lines of `pending`.
 */
export async function* dumpStore(
  store: Store,
  { now, progress, whole = false }: DumpOptions,
): AsyncGenerator<string> {
  const hash = createHash("sha256");
  const counts: Record<string, number> = {};
  let elsewhere = 0;
  const signed = (line: string) => {
    hash.update(line).update("\n");
    return line;
  };
  async function* lines(name: string, documents: AsyncIterable<Document>) {
    let count = 0;
    for await (const d of documents) {
      if (name === "bodies" && d["tier"] !== undefined) elsewhere++;
      yield signed(toLine({ c: name, d }));
      if (++count % DOCUMENTS_PER_REPORT === 0) progress(name, count);
    }
    counts[name] = count;
    if (count > 0) progress(name, count);
  }

  const { databaseName: database } = store.db;
  const about = { schema: SCHEMA_VERSION, database, at: now.toISOString() };
  yield signed(
    JSON.stringify({ newsgather: "backup", format: FORMAT_VERSION, ...about } satisfies Header),
  );
  // The counters can lag behind the change stream, but must never be ahead of it.
  yield* lines("days", all(store, "days"));
  yield* lines("statistics", all(store, "statistics"));
  const head = await headSeq(store);
  const names = Object.keys(store.collections) as Name[];
  const unordered = names.filter((name) => !ORDERED_COLLECTIONS.includes(name));
  // The pipeline writes these in the opposite order, so no reference leads out of the backup.
  for (const name of ["links", "articles", ...unordered] as const) {
    const documents = all(store, name);
    yield* lines(name, whole && name === "bodies" ? withBytes(store, documents) : documents);
  }
  let count = 0;
  // So that a restore doesn't bring back what an editor retracted during the backup.
  for await (const [name, documents] of again(store, head)) {
    for await (const d of whole && name === "bodies" ? withBytes(store, documents) : documents) {
      yield signed(toLine({ c: name, again: true, d }));
      count++;
    }
  }
  if (count > 0) counts["again"] = count;
  // Corrections and changes follow the articles: a pending change moves to the stream.
  yield* lines("corrections", all(store, "corrections"));
  yield* lines("tombstones", all(store, "tombstones"));
  const readChanges = (seq: object) => all(store, "changes", { seq });
  yield* lines("changes", readChanges({ $gte: 1, $lte: head }));
  yield* lines("pending", readChanges({ $gt: head, $lte: Number.MAX_SAFE_INTEGER }));
  yield* lines("meta", meta(store, head));
  const left = elsewhere > 0 ? { elsewhere } : {};
  yield JSON.stringify({
    end: true,
    counts,
    ...left,
    sha256: hash.digest("hex"),
  } satisfies Footer);
}

async function* again(
  store: Store,
  head: number,
): AsyncGenerator<[Name, AsyncIterable<Document> | Document[]]> {
  for (const ids of chunksOf(await changedSince(store, head), ARTICLE_BATCH_SIZE)) {
    const articles = await all(store, "articles", { _id: { $in: ids } }).toArray();
    yield ["articles", articles];
    for (const name of ["aliases", "revisions", "texts"] as const) {
      yield [name, all(store, name, { articleId: { $in: ids } })];
    }
    yield ["fingerprints", all(store, "fingerprints", { _id: { $in: ids } })];
    const captureIds = namedBy(articles, "captureId");
    const captures = await all(store, "captures", { _id: { $in: captureIds } }).toArray();
    yield ["captures", captures];
    yield ["bodies", all(store, "bodies", { _id: { $in: namedBy(captures, "bodyId") } })];
  }
}

async function changedSince({ collections }: Store, head: number): Promise<string[]> {
  const seq = { $gt: head, $lte: Number.MAX_SAFE_INTEGER };
  const [id, articleId] = [{ _id: 1 }, { articleId: 1 }];
  // Read pending changes first: those that enter the stream meanwhile are found there afterwards.
  const waiting = await collections.articles
    .find({ pendingAt: dueBy(FAR_FUTURE) }, { projection: id })
    .toArray();
  const moved = await collections.changes.find({ seq }, { projection: articleId }).toArray();
  return [...new Set([...waiting.map((one) => one._id), ...moved.map((one) => one.articleId)])];
}

function namedBy(documents: readonly Document[], field: string): string[] {
  return [...new Set(documents.flatMap((one) => (one[field] ? String(one[field]) : [])))];
}

async function* withBytes(
  store: Store,
  records: AsyncIterable<Document> | Document[],
): AsyncGenerator<Document> {
  for await (const record of records) {
    const { tier, length: _, was: __, ...rest } = record;
    const body = tier === undefined ? null : await getBody(store, String(record["_id"]));
    yield body ? { ...rest, bytes: new Binary(body.bytes) } : record;
  }
}

/** Without these options, a double such as 1.0 would be restored as an integer. */
const AS_STORED = { promoteValues: false, promoteBuffers: false };

function all(store: Store, name: Name, filter: Document = {}) {
  return store.db.collection(name).find(filter, AS_STORED);
}

async function* meta(store: Store, head: number): AsyncGenerator<Document> {
  for await (const fact of store.collections.meta.find()) {
    // The stored position of the statistics can be ahead of the statistics in the backup, so a
    // restore computes them again.
    if (fact._id === "statistics") continue;
    yield fact._id === "head" ? { ...fact, value: head } : fact;
  }
}
