import { createHash } from "node:crypto";
import { Binary, type Document } from "mongodb";
import { piecesOf } from "../../lib/batch.ts";
import { getBody } from "../../store/archive/bodies.ts";
import { NAMES } from "../../store/connect.ts";
import { SCHEMA_VERSION } from "../../store/migrations.ts";
import { headSeq } from "../../store/publish/changes.ts";
import { type Collections, dueBy, FAR_FUTURE, type Store } from "../../store/store.ts";
import { FORMAT, type Footer, type Header, toLine } from "./file.ts";

/** Told after each collection, and every 10,000 documents within one. */
export type Progress = (collection: string, count: number) => void;

type Name = keyof Collections;

/**
 * Counters first: they may lag behind the stream, never run ahead of it. Then what is written last
 * of a turn, so that all a document points to is in the backup: links before articles before their
 * captures. What editors said comes after the articles that it was said of. The stream comes last: its changes
 * were taken off the articles before.
 */
const PLACED: readonly Name[] = [
  "days",
  "statistics",
  "links",
  "articles",
  "corrections",
  "tombstones",
  "changes",
  "meta",
];
const REST = NAMES.filter((name) => !PLACED.includes(name));

const STEP = 10_000;
/** Articles that are read again at once. */
const PIECE = 50;

/** How a backup is made. */
export interface DumpOptions {
  now: Date;
  progress: Progress;
  /** Whether it also holds the bytes of bodies in other tiers; a restore puts them into the database. */
  whole?: boolean;
}

/**
 * Everything of a store as lines of text, while it is in use: a header, a document a line, a footer.
 * The stream ends at its head when the backup began; what came later goes back to its article's
 * `pending`, so that it gets a place in the stream again and no change is lost or doubled. Articles that changed
 * meanwhile stand there again, as they are at the end: what an editor took back does not come back with a restore.
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
      if (++count % STEP === 0) progress(name, count);
    }
    counts[name] = count;
    if (count > 0) progress(name, count);
  }

  const { databaseName: database } = store.db;
  const about = { schema: SCHEMA_VERSION, database, at: now.toISOString() };
  yield signed(JSON.stringify({ newsgather: "backup", format: FORMAT, ...about } satisfies Header));
  yield* lines("days", all(store, "days"));
  yield* lines("statistics", all(store, "statistics"));
  const head = await headSeq(store);
  for (const name of ["links", "articles", ...REST] as const) {
    const documents = all(store, name);
    yield* lines(name, whole && name === "bodies" ? withBytes(store, documents) : documents);
  }
  let count = 0;
  for await (const [name, documents] of again(store, head)) {
    for await (const d of whole && name === "bodies" ? withBytes(store, documents) : documents) {
      yield signed(toLine({ c: name, again: true, d }));
      count++;
    }
  }
  if (count > 0) counts["again"] = count;
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

/** Articles that changed since the stream had this head, and then what they point to, by collection. */
async function* again(
  store: Store,
  head: number,
): AsyncGenerator<[Name, AsyncIterable<Document> | Document[]]> {
  for (const ids of piecesOf(await changedSince(store, head), PIECE)) {
    const articles = await allOf(store, "articles", "_id", ids).toArray();
    yield ["articles", articles];
    for (const name of ["aliases", "revisions", "texts"] as const) {
      yield [name, allOf(store, name, "articleId", ids)];
    }
    yield ["fingerprints", allOf(store, "fingerprints", "_id", ids)];
    const captureIds = namedBy(articles, "captureId");
    const captures = await allOf(store, "captures", "_id", captureIds).toArray();
    yield ["captures", captures];
    yield ["bodies", allOf(store, "bodies", "_id", namedBy(captures, "bodyId"))];
  }
}

/** Yields the ids of articles with changes after a head, or with pending ones. */
async function changedSince({ collections }: Store, head: number): Promise<string[]> {
  const seq = { $gt: head, $lte: Number.MAX_SAFE_INTEGER };
  const [id, articleId] = [{ _id: 1 }, { articleId: 1 }];
  // Who waits is asked first: what is moved meanwhile is in the stream then.
  const waiting = await collections.articles
    .find({ pendingAt: dueBy(FAR_FUTURE) }, { projection: id })
    .toArray();
  const moved = await collections.changes.find({ seq }, { projection: articleId }).toArray();
  return [...new Set([...waiting.map((one) => one._id), ...moved.map((one) => one.articleId)])];
}

function allOf(store: Store, name: Name, field: string, values: string[]) {
  return store.db.collection(name).find({ [field]: { $in: values } }, AS_STORED);
}

function namedBy(documents: readonly Document[], field: string): string[] {
  return [...new Set(documents.flatMap((one) => (one[field] ? String(one[field]) : [])))];
}

/** Bodies with their bytes, wherever those lie; of one that is lost only its record. */
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

/** With their BSON types: a number that is a double stays one. */
const AS_STORED = { promoteValues: false, promoteBuffers: false };

function all(store: Store, name: Name, filter: Document = {}) {
  return store.db.collection(name).find(filter, AS_STORED);
}

async function* meta(store: Store, head: number): AsyncGenerator<Document> {
  for await (const fact of store.collections.meta.find()) {
    // It may be ahead of the statistics above. A restore counts them again.
    if (fact._id === "statistics") continue;
    yield fact._id === "head" ? { ...fact, value: head } : fact;
  }
}
