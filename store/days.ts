import type { Visible } from "../model/article.ts";
import type { Change } from "../model/change.ts";
import type { Day } from "../model/day.ts";
import { toVisible } from "../model/item.ts";
import { readChanges } from "./changes.ts";
import { addTo, emptyTally, type Tally, toDay, toTally } from "./day-tally.ts";
import { isDuplicateKey } from "./errors.ts";
import type { Store } from "./store.ts";

/** `_id` of the document that counts everything; its `seq` is how far the stream is counted. */
export const ALL = "all";

/**
 * Counts the changes that follow the last counted one; answers how many there were (0: up to date).
 * Any number of processes may call it at the same time: each document takes a change only once.
 */
export async function countUp(store: Store, limit = 200): Promise<number> {
  const changes = await readChanges(store, (await getDay(store, ALL)).seq, limit);
  await countChanges(store, changes);
  return changes.length;
}

/**
 * Applies changes, ascending by `seq` and gap-free with what was counted before, to the counters
 * of their days and of everything. Idempotent; takes one read and one or two writes per batch.
 */
export async function countChanges(store: Store, changes: Change[]): Promise<void> {
  const last = changes.at(-1);
  if (!last) return;
  const perDay = new Map<string, Step[]>();
  for (const change of changes) {
    for (const step of stepsOf(change)) {
      perDay.set(step.day, [...(perDay.get(step.day) ?? []), step]);
    }
  }
  await apply(store, perDay, null);
  // "all" comes last: once it says seq n, every day has counted n.
  await apply(store, new Map([[ALL, [...perDay.values()].flat()]]), last.seq);
}

/** One day's counters (`YYYY-MM-DD` or `ALL`), all zero when nothing happened on it. */
export async function getDay(store: Store, id: string): Promise<Day> {
  return (await getDays(store, [id]))(id);
}

/** Counters of several days in one read: a function that answers each of them. */
export async function getDays(store: Store, ids: string[]): Promise<(id: string) => Day> {
  const found = await read(store, ids);
  return (id) => toDay(found.get(id) ?? emptyTally(id));
}

interface Step {
  seq: number;
  day: string;
  by: 1 | -1;
  visible: Visible;
}

function stepsOf(change: Change): Step[] {
  const { seq, before } = change;
  const now = toVisible(change.item);
  const steps: Step[] = [];
  if (before?.listed) steps.push({ seq, day: before.day, by: -1, visible: before });
  if (now.listed) steps.push({ seq, day: now.day, by: 1, visible: now });
  return steps;
}

async function read(store: Store, ids: string[]): Promise<Map<string, Tally>> {
  const docs = await store.collections.days.find({ _id: { $in: ids } }).toArray();
  return new Map(docs.map((day) => [day._id, toTally(day)]));
}

/** Compare and swap per document on its `seq`, until every step is counted by us or another. */
async function apply(store: Store, steps: Map<string, Step[]>, seq: number | null): Promise<void> {
  let open = [...steps.keys()];
  while (open.length > 0) {
    const before = await read(store, open);
    const writes = [];
    for (const id of open) {
      const tally = before.get(id) ?? emptyTally(id);
      const fresh = (steps.get(id) ?? []).filter((step) => step.seq > tally.seq);
      const reached = seq ?? fresh.at(-1)?.seq ?? 0;
      if (reached <= tally.seq) continue;
      const was = tally.seq;
      for (const step of fresh) addTo(tally, step.visible, step.by);
      tally.seq = reached;
      writes.push({ id, was, day: toDay(tally, false) });
    }
    open = await swap(store, writes);
  }
}

/** Writes what is still as it was read; answers the ids of which another was faster. */
async function swap(
  store: Store,
  writes: { id: string; was: number; day: Day }[],
): Promise<string[]> {
  if (writes.length === 0) return [];
  try {
    await store.collections.days.bulkWrite(
      writes.map(({ id, was, day }) => ({
        replaceOne: { filter: { _id: id, seq: was }, replacement: day, upsert: true },
      })),
      { ordered: false },
    );
    return [];
  } catch (error) {
    // An upsert that found its _id with another seq: somebody counted meanwhile.
    if (!isDuplicateKey(error)) throw error;
    return writes.map((write) => write.id);
  }
}
