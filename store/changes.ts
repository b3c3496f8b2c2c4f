import type { Change } from "../model/change.ts";
import { isDuplicateKey } from "./errors.ts";
import { findIn } from "./find-in.ts";
import type { Store } from "./store.ts";

/** Changes with `seq` in (after, after + limit], ascending; gap-free, so a short answer is the end. */
export function readChanges(store: Store, after: number, limit: number): Promise<Change[]> {
  return store.collections.changes
    .find({ seq: { $gt: after, $lte: after + limit } }, { projection: { _id: 0 } })
    .sort({ seq: 1 })
    .toArray();
}

const STEP = 500;

/** `seq` of the newest change, 0 when there is none: a hint in `meta`, confirmed by reading forward. */
export async function headSeq(store: Store): Promise<number> {
  const hint = (await store.collections.meta.findOne({ _id: "head" }))?.value ?? 0;
  return readForward(store, hint);
}

/** Asks for the head again and again, from where the last look ended: one query while little is new. */
export function followHead(store: Store): () => Promise<number> {
  let seen: number | null = null;
  return async () => {
    const head = seen === null ? await headSeq(store) : await readForward(store, seen);
    seen = Math.max(seen ?? 0, head);
    return seen;
  };
}

async function readForward(store: Store, from: number): Promise<number> {
  let head = from;
  for (;;) {
    const page = await store.collections.changes
      .find({ seq: { $gt: head, $lte: head + STEP } }, { projection: { _id: 0, seq: 1 } })
      .toArray();
    if (page.length === 0) return head;
    head = Math.max(head, ...page.map((change) => change.seq));
    if (page.length < STEP) return head;
  }
}

/**
 * Appends changes behind `head` in the order given and answers the new head. Gap-free by
 * construction: `seq` n + 1 is only written after n was seen or written, in one ordered insert
 * that stops at its first error. A change that is in the stream already is passed over.
 */
export async function appendChanges(
  store: Store,
  head: number,
  changes: Omit<Change, "seq">[],
): Promise<number> {
  const { changes: log, meta } = store.collections;
  let last = head;
  let rest = changes;
  while (rest.length > 0) {
    const rows = rest.map((change, index) => ({ ...change, seq: last + 1 + index }));
    try {
      await log.insertMany(rows, { ordered: true });
      last += rows.length;
      rest = [];
    } catch (error) {
      if (!isDuplicateKey(error)) throw error;
      // Another sequencer was faster: read where the stream is now, and what it has already.
      last = await readForward(store, last);
      rest = await missing(store, rest);
    }
  }
  await meta.updateOne({ _id: "head" }, { $max: { value: last } }, { upsert: true });
  return last;
}

async function missing(
  store: Store,
  changes: Omit<Change, "seq">[],
): Promise<Omit<Change, "seq">[]> {
  if (changes.length === 0) return [];
  const ids = [...new Set(changes.map((change) => change.articleId))];
  const there = await findIn(store.collections.changes, "articleId", ids, {
    projection: { articleId: 1, version: 1 },
  });
  const known = new Set(there.map((change) => `${change.articleId}:${change.version}`));
  return changes.filter((change) => !known.has(`${change.articleId}:${change.version}`));
}
