import type { Document } from "mongodb";
import { applyCorrections } from "../../articles/editorial/correct.ts";
import { retractAgain } from "../../articles/editorial/retract.ts";
import type { PendingChange } from "../../model/articles/article.ts";
import type { Change } from "../../model/publish/change.ts";
import { makeIndexes, runSteps } from "../../store/migrations.ts";
import { addEpoch } from "../../store/publish/changes.ts";
import type { Store } from "../../store/store.ts";
import type { Progress } from "./dump.ts";
import { BadBackup, fromLine } from "./file.ts";

/** Writes that change too many storage pages stall the embedded database. */
const BATCH_SIZE = 50;
const MAX_BATCH_CHARS = 4_000_000;

/**
 * Prepares a store for a restore, and locks it until `restoreBackup` is done. If the store contains
 * data, changes nothing and returns the names of the filled collections.
 */
export async function prepareRestore(store: Store): Promise<string[]> {
  const { meta } = store.collections;
  const others = Object.keys(store.collections).filter((name) => name !== "meta");
  // Without this mark, the data isn't what an interrupted restore wrote.
  if (!(await meta.findOne({ _id: "restoring" }))) {
    const filled: string[] = [];
    for (const name of others) {
      const found = await store.db.collection(name).findOne({}, { projection: { _id: 1 } });
      if (found !== null) filled.push(name);
    }
    if (filled.length > 0) return filled;
    await meta.updateOne({ _id: "restoring" }, { $set: { value: 1 } }, { upsert: true });
  }
  await Promise.all([
    ...others.map((name) => store.db.collection(name).deleteMany({})),
    meta.deleteMany({ _id: { $ne: "restoring" } }),
  ]);
  await makeIndexes(store);
  return [];
}

async function loadBackup(
  store: Store,
  lines: AsyncIterable<string>,
  progress: Progress,
): Promise<Change[]> {
  const known = new Set(Object.keys(store.collections));
  const missedRetractions: Change[] = [];
  let batch: Document[] = [];
  let into = "";
  let isAgain = false;
  let chars = 0;
  let count = 0;
  const write = async () => {
    if (into === "pending")
      missedRetractions.push(...(await addToPending(store, batch as Change[])));
    else if (into === "meta" || isAgain) await replace(store, into, batch);
    else if (batch.length > 0) {
      await store.db.collection(into).insertMany(batch, { ordered: false });
    }
    count += batch.length;
    batch = [];
    chars = 0;
  };
  let number = 0;
  for await (const text of lines) {
    number++;
    if (number === 1 || isFooter(text)) continue;
    const { c, again = false, d } = fromLine(text, text.startsWith('{"c":"pending"'));
    if (c !== "pending" && !known.has(c)) {
      throw new BadBackup(
        `line ${number}: "${c}" is not a collection of this version of Newsgather`,
      );
    }
    if (c !== into || again !== isAgain) {
      await write();
      if (count > 0) progress(into, count);
      into = c;
      isAgain = again;
      count = 0;
    }
    batch.push(d);
    chars += text.length;
    if (batch.length === BATCH_SIZE || chars > MAX_BATCH_CHARS) await write();
  }
  await write();
  if (count > 0) progress(into, count);
  return missedRetractions;
}

function isFooter(text: string): boolean {
  return text.startsWith('{"end":true');
}

async function replace(store: Store, name: string, documents: Document[]): Promise<void> {
  for (const { _id, ...rest } of documents) {
    await store.db.collection(name).replaceOne({ _id }, rest, { upsert: true });
  }
}

async function addToPending(store: Store, changes: Change[]): Promise<Change[]> {
  const missedRetractions: Change[] = [];
  for (const change of changes) {
    const { articleId, version } = change;
    const article = await store.collections.articles.findOne({ _id: articleId });
    if (!article) continue;
    if (article.version < version) {
      // If not repeated, the next fetch would publish the article again.
      if (change.item.status === "retracted") missedRetractions.push(change);
      continue;
    }
    if (article.pending.some((waiting) => waiting.version === version)) continue;
    const { seq: _, articleId: __, ...waiting } = change;
    const pending = [...article.pending, waiting satisfies PendingChange].toSorted(
      (a, b) => a.version - b.version,
    );
    const pendingAt = pending[0]?.at;
    await store.collections.articles.updateOne(
      { _id: articleId },
      { $set: { pending, ...(pendingAt && { pendingAt }) } },
    );
  }
  return missedRetractions;
}

/**
 * Restores a checked backup into a prepared store, and begins a new epoch of the stream. Throws
 * `BadBackup` for an unknown collection.
 */
export async function restoreBackup(
  store: Store,
  lines: AsyncIterable<string>,
  { progress, now }: { progress: Progress; now: Date },
): Promise<void> {
  const missedRetractions = await loadBackup(store, lines, progress);
  await runSteps(store);
  await retractAgain(store, missedRetractions);
  await applyCorrections(store, now);
  await addEpoch(store, now);
  // From now on, the store can be opened.
  await store.collections.meta.deleteOne({ _id: "restoring" });
}
