import type { Body, Capture } from "../model/capture.ts";
import { ignoreDuplicates, insertedBefore } from "./errors.ts";
import { findIn } from "./find-in.ts";
import { dueBy, EPOCH, FAR_FUTURE, type Store } from "./store.ts";

/** A body that was stored less than this ago is no retention's prey, ms. */
const FRESH = 86_400_000;

/** Stores captures and their bodies; a body that is there already is shared, and kept from now on. */
export async function addCaptures(store: Store, captures: Capture[], bodies: Body[]) {
  const { captures: log, bodies: shelf } = store.collections;
  const different = [...new Map(bodies.map((body) => [body._id, body])).values()];
  const there = new Set<string>();
  // Bodies first: a capture never names a body that isn't there.
  if (different.length > 0) {
    const taken = await insertedBefore(shelf.insertMany(different, { ordered: false }));
    for (const index of taken) there.add(different[index]?._id ?? "");
    await keepOn(
      store,
      different.filter((_, index) => taken.has(index)),
    );
  }
  const sizes = new Map(different.map(({ _id, bytes }) => [_id, bytes.length]));
  const told = captures.map((capture) => ({ ...capture, ...roomOf(capture, sizes, there) }));
  if (told.length > 0) await ignoreDuplicates(log.insertMany(told, { ordered: false }));
}

/** What a capture's body takes; `there` grows by it, so that the next one with the same shares it. */
function roomOf(
  { bodyId }: Capture,
  sizes: ReadonlyMap<string, number>,
  there: Set<string>,
): Pick<Capture, "kept" | "shared"> {
  const kept = bodyId === null ? 0 : sizes.get(bodyId);
  if (bodyId === null || kept === undefined) return { ...(kept === 0 && { kept }) };
  const shared = there.has(bodyId);
  there.add(bodyId);
  return { kept, ...(shared && { shared }) };
}

/** Old ones are written again: one that retention removes at this very moment is there afterwards. */
async function keepOn({ collections }: Store, bodies: Body[]): Promise<void> {
  const ids = bodies.map(({ _id }) => _id);
  const projection = { storedAt: 1, tier: 1 };
  const there = await findIn(collections.bodies, "_id", ids, { projection });
  const since = new Map(there.map(({ _id, storedAt }) => [_id, storedAt.getTime()]));
  const tiers = new Map(there.map(({ _id, tier }) => [_id, tier]));
  const old = bodies.filter(
    ({ _id, storedAt }) => (since.get(_id) ?? 0) < storedAt.getTime() - FRESH,
  );
  if (old.length === 0) return;
  await collections.bodies.bulkWrite(
    old.map((body) => {
      // One that was moved is young again; the copy in its tier goes (store/move-bodies.ts).
      const was = tiers.get(body._id);
      const replacement = { ...body, ...(was && { was }) };
      return { replaceOne: { filter: { _id: body._id }, replacement, upsert: true } };
    }),
    { ordered: false },
  );
}

/** The ids among these of captures that are there. */
export async function knownCaptures(store: Store, ids: string[]): Promise<Set<string>> {
  const projection = { _id: 1 };
  const found = await findIn(store.collections.captures, "_id", ids, { projection });
  return new Set(found.map(({ _id }) => _id));
}

/** The response to a link whose request began at `at`, or within the second after it. */
export function captureAt(store: Store, linkId: string, at: Date): Promise<Capture | null> {
  const fetchedAt = { $gte: at, $lt: new Date(at.getTime() + 1000) };
  return store.collections.captures.findOne({ linkId, fetchedAt });
}

export function getCapture(store: Store, id: string): Promise<Capture | null> {
  return store.collections.captures.findOne({ _id: id });
}

/** Responses of a link that are looked through for a page. */
const RECENT = 10;

/** A link's latest response that was a page and is kept, among its last ones; null where there is none. */
export async function lastPage(
  { collections: { captures } }: Store,
  linkId: string,
): Promise<Capture | null> {
  const recent = await captures
    .find({ linkId, fetchedAt: { $gt: EPOCH, $lt: FAR_FUTURE } })
    .sort({ fetchedAt: -1 })
    .limit(RECENT)
    .toArray();
  return recent.find(({ status, bodyId, reason }) => status === 200 && bodyId && !reason) ?? null;
}

/** When the latest response of a source was asked for; null where there is none. */
export async function lastFetchedAt(
  { collections: { captures } }: Store,
  sourceId: string,
  now: Date,
): Promise<Date | null> {
  const [latest] = await captures
    .find({ sourceId, fetchedAt: dueBy(now) }, { projection: { fetchedAt: 1 } })
    .sort({ fetchedAt: -1 })
    .limit(1)
    .toArray();
  return latest?.fetchedAt ?? null;
}
