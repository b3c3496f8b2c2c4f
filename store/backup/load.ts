import type { Document } from "mongodb";
import type { PendingChange } from "../../model/article.ts";
import type { Change } from "../../model/change.ts";
import { NAMES } from "../connect.ts";
import { addEpoch } from "../epochs.ts";
import { makeIndexes, migrate } from "../migrations.ts";
import type { Store } from "../store.ts";
import { BadBackup } from "./check.ts";
import type { Progress } from "./dump.ts";
import { fromLine } from "./format.ts";

/**
 * Documents, and characters of their lines, that are written at once. The embedded database writes them as one
 * transaction, and a fingerprint's keys lie on 25 pages: once its pages take a fifth of the cache, nothing goes on.
 */
const BATCH = 50;
const CHARS = 4_000_000;

/**
 * Makes a store ready to be filled; from then on nobody may open it before `loadBackup` is through.
 * What an interrupted restore left is removed; answers the collections that hold anything else, and
 * then changes nothing.
 */
export async function prepareRestore(store: Store): Promise<string[]> {
  const { meta } = store.collections;
  const others = NAMES.filter((name) => name !== "meta");
  if (!(await meta.findOne({ _id: "restoring" }))) {
    const filled: string[] = [];
    for (const name of others) if (await holdsAny(store, name)) filled.push(name);
    if (filled.length > 0) return filled;
    await meta.updateOne({ _id: "restoring" }, { $set: { value: 1 } }, { upsert: true });
  }
  for (const name of others) await store.db.collection(name).deleteMany({});
  await makeIndexes(store);
  return [];
}

async function holdsAny(store: Store, name: string): Promise<boolean> {
  return (await store.db.collection(name).findOne({}, { projection: { _id: 1 } })) !== null;
}

/** Writes the lines of a checked backup into a prepared store; a line of an unknown collection is an error. */
export async function loadBackup(
  store: Store,
  lines: AsyncIterable<string>,
  progress: Progress,
): Promise<void> {
  const known = new Set<string>(NAMES);
  let batch: Document[] = [];
  let into = "";
  let chars = 0;
  let count = 0;
  const write = async () => {
    if (batch.length > 0) await put(store, into, batch);
    count += batch.length;
    batch = [];
    chars = 0;
  };
  let number = 0;
  for await (const text of lines) {
    number++;
    if (number === 1 || isFooter(text)) continue;
    const { c, d } = text.startsWith('{"c":"pending"') ? fromLine(text, true) : fromLine(text);
    if (c !== "pending" && !known.has(c)) {
      throw new BadBackup(`line ${number}: "${c}" is no collection of this newsgather`);
    }
    if (c !== into) {
      await write();
      if (count > 0) progress(into, count);
      into = c;
      count = 0;
    }
    batch.push(d);
    chars += text.length;
    if (batch.length === BATCH || chars > CHARS) await write();
  }
  await write();
  if (count > 0) progress(into, count);
  await finish(store);
}

/** Only the last line of a checked backup has no collection. */
function isFooter(text: string): boolean {
  return text.startsWith('{"end":true');
}

async function put(store: Store, name: string, documents: Document[]): Promise<void> {
  if (name === "pending") return pend(store, documents as Change[]);
  if (name !== "meta") {
    await store.db.collection(name).insertMany(documents, { ordered: false });
    return;
  }
  for (const { _id, ...rest } of documents) {
    await store.db.collection(name).replaceOne({ _id }, rest, { upsert: true });
  }
}

/** Changes that the stream got while it was backed up go back to articles that are as new. */
async function pend(store: Store, changes: Change[]): Promise<void> {
  for (const { articleId, version, kind, before, item, at } of changes) {
    const article = await store.collections.articles.findOne({ _id: articleId });
    // An older article is changed once more when its link, which is older still, is looked at again.
    if (!article || article.version < version) continue;
    if (article.pending.some((waiting) => waiting.version === version)) continue;
    const change: PendingChange = { version, kind, before, item, at };
    const pending = [...article.pending, change].toSorted((a, b) => a.version - b.version);
    const pendingAt = pending[0]?.at;
    await store.collections.articles.updateOne(
      { _id: articleId },
      { $set: { pending, ...(pendingAt && { pendingAt }) } },
    );
  }
}

async function finish(store: Store): Promise<void> {
  const { meta } = store.collections;
  await addEpoch(store, new Date());
  await meta.deleteOne({ _id: "restoring" });
  await migrate(store);
}
