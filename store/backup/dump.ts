import { createHash } from "node:crypto";
import { Binary, type Document } from "mongodb";
import { getBody } from "../bodies.ts";
import { headSeq } from "../changes.ts";
import { NAMES } from "../connect.ts";
import { SCHEMA_VERSION } from "../migrations.ts";
import type { Collections, Store } from "../store.ts";
import { FORMAT, type Footer, type Header, toLine } from "./format.ts";

/** Told after each collection, and every 10,000 documents within one. */
export type Progress = (collection: string, count: number) => void;

type Name = keyof Collections;

/**
 * Counters first: they may lag behind the stream, never run ahead of it. Then what is written last
 * of a turn, so that all a document points to is in the backup: links before articles before their
 * captures. The stream comes last: its changes were taken off the articles before.
 */
const PLACED: readonly Name[] = ["days", "figures", "links", "articles", "changes", "meta"];
const REST = NAMES.filter((name) => !PLACED.includes(name));

const STEP = 10_000;

/** How a backup is made. */
export interface DumpOptions {
  now: Date;
  progress: Progress;
  /** Whether it holds the bytes of bodies in other tiers than the database, too; restored they are in the database. */
  whole?: boolean;
}

/**
 * Everything of a store as lines of text, while it is in use: a header, a document a line, a footer.
 * The stream ends at its head when the backup began; what came later goes back to its article's
 * `pending`, so that it gets a place in the stream again and no change is lost or doubled.
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
  yield* lines("figures", all(store, "figures"));
  const head = await headSeq(store);
  for (const name of ["links", "articles", ...REST] as const) {
    const documents = all(store, name);
    yield* lines(name, whole && name === "bodies" ? withBytes(store, documents) : documents);
  }
  const told = (seq: object) => all(store, "changes", { seq });
  yield* lines("changes", told({ $gte: 1, $lte: head }));
  yield* lines("pending", told({ $gt: head, $lte: Number.MAX_SAFE_INTEGER }));
  yield* lines("meta", meta(store, head));
  const left = elsewhere > 0 ? { elsewhere } : {};
  yield JSON.stringify({
    end: true,
    counts,
    ...left,
    sha256: hash.digest("hex"),
  } satisfies Footer);
}

/** Bodies with their bytes, wherever those lie; of one that is lost only its record. */
async function* withBytes(
  store: Store,
  records: AsyncIterable<Document>,
): AsyncGenerator<Document> {
  for await (const record of records) {
    const { tier, length: _, was: __, ...rest } = record;
    const body = tier === undefined ? null : await getBody(store, String(record["_id"]));
    yield body ? { ...rest, bytes: new Binary(body.bytes) } : record;
  }
}

/** With their BSON types: a number that is a double stays one. */
function all(store: Store, name: Name, filter: Document = {}): AsyncIterable<Document> {
  return store.db.collection(name).find(filter, { promoteValues: false, promoteBuffers: false });
}

async function* meta(store: Store, head: number): AsyncGenerator<Document> {
  for await (const fact of store.collections.meta.find()) {
    // It may be ahead of the figures above: they are made anew from what is restored.
    if (fact._id === "figures") continue;
    yield fact._id === "head" ? { ...fact, value: head } : fact;
  }
}
